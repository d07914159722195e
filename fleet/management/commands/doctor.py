"""manage.py doctor: say whether everything is in order, and what repairs it where it is not."""

import json
from dataclasses import asdict
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser

from fleet import checkup
from fleet.checkup import Answer, State
from fleet.management.base import FAILED, Counts, FleetCommand

_MARKS: Final = {State.OK: "ok", State.WARNING: "warn", State.BROKEN: "FAIL"}


class Command(FleetCommand):
    help = "Check settings, database, services, data and the audit trail: one line each, and what repairs it."
    examples = ("doctor", "doctor --only database,data --json")
    writes = False
    alone = False

    def arguments(self, parser: CommandParser) -> None:
        rooms = ", ".join(checkup.rooms())
        parser.add_argument("--only", type=_rooms, default=(), metavar="ROOMS", help=f"comma-separated: {rooms}")

    def work(self, *, only: tuple[str, ...], **options: Any) -> Counts:
        self.answers: list[Answer] = []
        for answer in checkup.answers(only):
            self.answers.append(answer)
            if not self.as_json:
                self._say(answer)
        states = [answer.finding.state for answer in self.answers]
        self.warnings = states.count(State.WARNING)
        return {"checks": len(states), "warnings": self.warnings, "broken": states.count(State.BROKEN)}

    def _say(self, answer: Answer) -> None:
        state, text = answer.finding.state, answer.finding.text
        style = {State.OK: self.style.SUCCESS, State.WARNING: self.style.WARNING, State.BROKEN: self.style.ERROR}[state]
        where = f"{answer.room} · {answer.name}"
        self.stdout.write(f"{style(f'{_MARKS[state]:4}')}  {where:36}  {text}  {answer.ms} ms")
        if answer.finding.repair:
            self.stdout.write(f"      → {answer.finding.repair}")

    def _conclude(self, counts: Counts, *, dry: bool, seconds: float) -> None:
        """Print one object with every answer, or the counts; end with 1 when something is broken, 3 with warnings."""
        if self.as_json:
            told = [{"room": one.room, "name": one.name, **asdict(one.finding), "ms": one.ms} for one in self.answers]
            self.stdout.write(json.dumps({"command": self.name, "checks": told, "counts": counts}))
            self.as_json = False  # that was the one object
        if counts["broken"]:
            raise CommandError(f"{counts['broken']} of {counts['checks']} checks failed.", returncode=FAILED)
        super()._conclude(counts, dry=dry, seconds=seconds)


def _rooms(text: str) -> tuple[str, ...]:
    wanted = tuple(part.strip() for part in text.split(",") if part.strip())
    if unknown := set(wanted) - set(checkup.rooms()):
        raise ValueError(unknown)
    return wanted
