"""What every command of ours does the same way: who acts, one run at a time, dry run, counts, exit codes.

    class Command(FleetCommand):
        help = "Release bookings whose hold has passed."
        examples = ("release_holds", "release_holds --limit 100 --dry-run")

        def arguments(self, parser): parser.add_argument("--limit", type=int, default=1000)

        def work(self, *, limit: int, **options) -> Counts:
            with self.progress("Holds", limit) as bar: ...; bar.advance()
            self.warn("R-2026-000017 could not be released")      # ends with exit code 3
            return {"released": 12}

Data goes to standard output (`self.stdout`), everything else to standard error (`self.note`). Exit codes: 0 done,
1 failed (CommandError, DomainError), 2 wrong usage, 3 done with warnings, 4 another run is under way, 130 interrupted.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, ClassVar
from zlib import crc32

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, connection, transaction
from django.utils.module_loading import import_string

from fleet import actor
from fleet.db.violations import refusal
from fleet.errors import DomainError
from fleet.management.progress import Progress
from fleet.observability import request_id

FAILED, WARNED, LOCKED, INTERRUPTED = 1, 3, 4, 130

type Counts = Mapping[str, int]


class FleetCommand(BaseCommand):
    """Subclasses write `work()`; `writes` gives it --dry-run, `alone` refuses a second run beside it."""

    examples: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[bool] = True
    alone: ClassVar[bool] = True

    def __init__(self, *args: Any, **options: Any) -> None:
        options["no_color"] = options.get("no_color") or bool(os.environ.get("NO_COLOR"))
        super().__init__(*args, **options)
        self.warnings = 0
        self.as_json = False
        self.details: dict[str, Any] = {}  # what --json shows beside the counts

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        if self.examples:
            lines = " · ".join(f"manage.py {example}" for example in self.examples)
            options.setdefault("epilog", f"Examples: {lines}")
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        self.arguments(parser)
        parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")
        if self.writes:
            parser.add_argument("--dry-run", action="store_true", help="do everything, then undo it")

    def arguments(self, parser: CommandParser) -> None:
        """Add the command's own arguments."""

    def work(self, *args: Any, **options: Any) -> Counts:  # mypy lets subclasses name their options
        """Do it and return what was counted."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        dry = bool(options.get("dry_run"))
        self.as_json = options.pop("json")
        try:
            with ExitStack() as stack:
                stack.enter_context(self._door())
                if self.alone:
                    stack.enter_context(one_at_a_time(self.name))
                if dry:
                    stack.enter_context(undone())
                counts = self.work(**options)
                self._record(counts, dry=dry, began=began)
        except DomainError as error:
            raise CommandError(error.detail, returncode=FAILED) from error
        except IntegrityError as error:
            raise CommandError(refusal(error).detail, returncode=FAILED) from error
        except KeyboardInterrupt as error:
            raise CommandError("Interrupted.", returncode=INTERRUPTED) from error
        self._conclude(counts, dry=dry, seconds=time.monotonic() - began)

    def note(self, text: str) -> None:
        """Tell the operator something that is not data."""
        self.stderr.write(text, style_func=str)

    def warn(self, text: str) -> None:
        self.warnings += 1
        self.stderr.write(f"warning: {text}", style_func=self.style.WARNING)

    @contextmanager
    def progress(self, label: str, total: int) -> Iterator[Progress]:
        bar = Progress(label, total)
        try:
            yield bar
        finally:
            bar.close()

    @contextmanager
    def _door(self) -> Iterator[None]:
        if not request_id.current():
            request_id.start()
        # Called from within a request (the admin's import) it still acts for the person there.
        with actor.acting_as(actor.current().user, door=f"command:{self.name}"):
            yield

    def _record(self, counts: Counts, *, dry: bool, began: float) -> None:
        if self.writes and not dry and settings.FLEET_COMMAND_LOG:
            record = import_string(settings.FLEET_COMMAND_LOG)
            record(self.name, counts=counts, warnings=self.warnings, seconds=time.monotonic() - began)

    def _conclude(self, counts: Counts, *, dry: bool, seconds: float) -> None:
        if self.as_json:
            outcome = {"command": self.name, "counts": counts, "warnings": self.warnings, "dry_run": dry}
            self.stdout.write(json.dumps({**outcome, **self.details, "seconds": round(seconds, 2)}))
        listed = ", ".join(f"{number:,} {what.replace('_', ' ')}" for what, number in counts.items()) or "nothing to do"
        self.note(f"{self.name}: {listed} in {seconds:.1f} s{'; nothing was changed (dry run)' if dry else ''}")
        if self.warnings:
            raise CommandError(f"Done with {self.warnings} warning(s).", returncode=WARNED)


@contextmanager
def undone() -> Iterator[None]:
    """Run the block in a transaction and roll it back: the same path as the real run, and no effect."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Hold the advisory lock of this name for the block. Raises CommandError (4) when another run holds it.

    A transaction of its own on a connection of its own keeps it: that also works behind PgBouncer in transaction
    mode, and dies with the process. Having only locked, it holds no snapshot and delays no vacuum.
    """
    own: Any = connection.copy()
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCKS, crc32(name.encode()) - 2**31])
            if not cursor.fetchone()[0]:
                raise CommandError(f"Another run of {name} is under way.", returncode=LOCKED)
        yield
    finally:
        own.close()


_LOCKS = 0x464C  # "FL": our corner of the advisory locks
