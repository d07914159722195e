"""`manage.py bench`: how fast it is here, and what has become slower."""

import json
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts import people, tokens
from accounts.models import User
from cars.models import Car
from contracts.checkup import nothing_overlaps
from contracts.models import Contract
from fleet.bench import growth, load, references, report
from fleet.bench.scenes import Scene, scenes, statements
from fleet.bench.server import memory_mb, serving
from fleet.local.process import CannotStart
from fleet.management.base import Counts, FleetCommand

_FOLDER = settings.BASE_DIR / "docs" / "bench"
_THREADS = 4


class Command(FleetCommand):
    help = "Measure the hot endpoints beside a hello of the same web server. Seeds an empty database."
    examples = (
        "bench",
        "bench --scale 500x20000x100000 --seconds 5 --save before-cache",
        "bench --growth --scale 500x20000x1000000",
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
        parser.add_argument("--save", metavar="LABEL", help="keep the outcome in docs/bench/")

    def work(
        self,
        *,
        scale: str,
        seconds: float,
        workers: int,
        connections: int,
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
        before = report.latest(_FOLDER)
        try:
            outcome = self._measure(seconds=min(seconds, 60), workers=workers, connections=connections)
        except (CannotStart, LookupError) as error:
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

    def _measure(self, *, seconds: float, workers: int, connections: int) -> dict[str, Any]:
        now = timezone.now()
        token = tokens.open_session(_clerk(), now=now).access
        shape = {"workers": workers, "threads": _THREADS}
        with serving("fleet.bench.hello:application", workers=workers, threads=_THREADS, probe="/") as (port, _):
            hello = load.hammer(port, lambda _: load.get("/"), connections=connections, seconds=seconds).rate
        rows: dict[str, Any] = {}
        with serving("fleet.asgi", workers=workers, threads=_THREADS, probe="/livez") as (port, child):
            for scene in scenes(token, now):
                found = self._scene(scene, port, connections, seconds)
                rows[scene.name] = {**vars(found), "ratio": found.rate / hello, "statements": statements(scene, token)}
            memory = memory_mb(child)
        plainly: dict[str, Any] = {"workers": workers, "threads": _THREADS, "probe": "/livez", "FLEET_LANE": "off"}
        with serving("fleet.asgi", **plainly) as (port, _):
            for scene in scenes(token, now):
                if scene.path:
                    found = self._scene(scene, port, connections, seconds)
                    same = rows[scene.name]["statements"]
                    rows[f"{scene.name}, no lane"] = {**vars(found), "ratio": found.rate / hello, "statements": same}
        return {
            "on": now.isoformat(),
            "shape": {**shape, "connections": connections, "seconds": seconds, "cars": Car.objects.count()},
            "references": {
                "hello": hello,
                "redis_get": references.redis_get(min(seconds, 2)),
                "primary_key": references.primary_key(min(seconds, 2)),
            },
            "scenes": rows,
            "overlaps": nothing_overlaps().text,
            "memory_mb": memory,
        }

    def _scene(self, scene: Scene, port: int, connections: int, seconds: float) -> load.Measured:
        load.hammer(port, scene.request, connections=connections, seconds=0.5)  # warm
        found = load.hammer(port, scene.request, connections=connections, seconds=seconds).only(scene.wanted)
        if set(found.statuses) - set(scene.expected):
            self.warn(f"{scene.name} answered {json.dumps(found.statuses)}")
        return found


def _clerk() -> User:
    """Return the account that asks; it exists only in databases that were measured."""
    found = User.objects.filter(username="bench").first()
    return found or people.add("bench", by=None, roles=["manager"])
