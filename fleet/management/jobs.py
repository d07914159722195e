"""Commands that do by hand what the clock does: the same function, at any moment."""

from argparse import ArgumentTypeError
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from fleet.management.base import Counts, FleetCommand


class JobCommand(FleetCommand):
    """Adds `--on`: the day, or the moment, to take for now. `job` does the work."""

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=moment, metavar="DATE", help="as if it were this day at 10:00, or this moment")

    def work(self, *, on: datetime | None, **options: Any) -> Counts:
        return self.job(on or timezone.now())

    def job(self, now: datetime) -> Counts:
        """Do it as of `now` and return what was counted."""
        raise NotImplementedError


def moment(text: str) -> datetime:
    """Return the moment that "2026-11-24" (ten o'clock, when a counter is busiest) or "2026-11-24T07:30" names."""
    try:
        if len(text) == len("2026-11-24"):
            return datetime.combine(date.fromisoformat(text), time(10), timezone.get_default_timezone())
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no date such as 2026-11-24 or 2026-11-24T07:30") from error
    return found if found.tzinfo else timezone.make_aware(found)
