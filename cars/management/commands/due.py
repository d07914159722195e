"""`manage.py due`: what expires and what is to be done, across the company."""

from argparse import ArgumentTypeError
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from fleet.due import State, Subject, everything
from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "List what comes due: papers, services, licences, documents, holds, pick-ups and returns."
    examples = ("due --within 14", "due --on 2026-12-01 --subject insurance --subject service --json")
    writes = False
    alone = False

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=_day, metavar="DATE", help="as if it were this day")
        parser.add_argument("--within", type=int, default=30, metavar="DAYS", help="how far ahead (30)")
        parser.add_argument("--subject", action="append", choices=[one.value for one in Subject], help="only these")

    def work(self, *, on: date | None, within: int, subject: list[str] | None, **options: Any) -> Counts:
        day = on or timezone.localdate()
        found = everything(on=day, within=within, subjects=subject)
        if self.as_json:
            self.details["on"] = str(day)
            self.details["due"] = [
                {**{name: _plain(value) for name, value in asdict(one).items()}, "state": one.state(day)}
                for one in found
            ]
        else:
            for one in found:
                self.stdout.write(f"{one.due_on}  {one.days_left(day):>5} d  {one.subject:<12}  {one.title}")
        counts = {state.value: sum(one.state(day) == state for one in found) for state in State}
        return {"due": len(found), **counts}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no date such as 2026-11-24") from error
