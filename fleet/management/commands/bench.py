"""`manage.py bench`: how fast it is here, and what has become slower."""

import re
from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts import people, tokens
from accounts.models import User
from cars.models import Car
from contracts.models import Contract
from fleet.bench import growth, pages, report, wrk, years
from fleet.bench.run import OWN, Run
from fleet.local.process import CannotStart
from fleet.management.base import Counts, FleetCommand

_FOLDER = settings.BASE_DIR / "docs" / "bench"


class Command(FleetCommand):
    help = "Measure the hot endpoints beside a hello of the same web server. Seeds an empty database."
    examples = (
        "bench",
        "bench --scale 500x20000x100000 --seconds 5 --save before-cache",
        "bench --growth --scale 500x20000x1000000",
        "bench --pages --scale 500x20000x1000000",
    )
    writes = False

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", default="500x2000x10000", help="what to seed when the database is empty")
        parser.add_argument("--seconds", type=float, default=3.0, help="per measurement (3)")
        parser.add_argument("--workers", type=int, default=1, choices=range(1, 9), help="gunicorn workers (1)")
        parser.add_argument("--connections", type=int, default=16, choices=range(1, 257), metavar="N", help="(16)")
        parser.add_argument(
            "--growth", action="store_true", help="time the statements of hot reads, and compare sizes in docs/bench/"
        )
        parser.add_argument(
            "--pages", action="store_true", help="measure every page of the admin after years of work, for docs/bench/"
        )
        parser.add_argument(
            "--client", choices=("wrk", OWN), help="who asks: wrk where the system has it, else our own client"
        )
        parser.add_argument("--save", metavar="LABEL", type=_label, help="keep the outcome in docs/bench/")

    def work(
        self,
        *,
        scale: str,
        seconds: float,
        workers: int,
        connections: int,
        client: str | None,
        save: str | None,
        **options: Any,
    ) -> Counts:
        if settings.ENVIRONMENT == "production":
            raise CommandError("bench books cars; it does not run in production.")
        call_command("migrate", interactive=False, verbosity=0)  # its services may be a minute old
        if not Car.objects.exists():
            call_command("seed", f"--scale={scale}")
        if options["growth"]:
            return self._growth()
        if options["pages"]:
            return self._pages()
        before, now = report.latest(_FOLDER), timezone.now()
        run = Run(workers, connections, min(seconds, 60), client or ("wrk" if wrk.program() else OWN), self.warn)
        try:
            outcome = run.measure(tokens.open_session(_clerk(), now=now).access, now)
        except (CannotStart, LookupError, wrk.Failed) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(report.table(outcome))
        for line in report.slower(outcome, before) if before else ():
            self.warn(line)
        if save:
            self.note(f"saved as {report.save(outcome, _FOLDER, save)}")
        return {"scenes": len(outcome["scenes"])}

    def _growth(self) -> Counts:
        now = timezone.now()
        token = tokens.open_session(_clerk(), now=now).access
        sizes = growth.keep(_FOLDER, Contract.objects.count(), growth.measure(token, now))
        self.stdout.write(growth.table(sizes))
        for line in growth.grown(sizes):
            self.warn(line)
        return {"sizes": len(sizes)}

    def _pages(self) -> Counts:
        administrator = _clerk("admin")
        years.live(administrator)
        found = pages.measure(administrator, timezone.now())
        self.stdout.write(pages.table(found))
        for line in pages.over(found):
            self.warn(line)
        self.note(f"written to {pages.keep(_FOLDER, found, years.rows())}")
        return {"pages": len(found)}


def _clerk(role: str = "manager") -> User:
    """Return the account that asks; it exists only in databases that were measured."""
    name = f"bench-{role}"
    return User.objects.filter(username=name).first() or people.add(name, by=None, roles=[role])


def _label(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}", text):
        raise ArgumentTypeError("a label is letters, digits, dots and dashes: it becomes the name of a file")
    return text
