"""What `manage.py doctor` asks: small questions, each with an answer and the command that repairs what is wrong.

An app has its questions in `<app>/checkup.py` as `CHECKS`, name → function, and is listed in `FLEET_DOCTOR`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from django.conf import settings
from django.utils.module_loading import import_string


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """What is so, and what to do about it."""

    state: State
    text: str
    repair: str = ""


type Check = Callable[[], Finding]


@dataclass(frozen=True)
class Answer:
    room: str
    name: str
    finding: Finding
    ms: int


def ok(text: str) -> Finding:
    return Finding(State.OK, text)


def warning(text: str, repair: str = "") -> Finding:
    return Finding(State.WARNING, text, repair)


def broken(text: str, repair: str = "") -> Finding:
    return Finding(State.BROKEN, text, repair)


def rooms() -> tuple[str, ...]:
    return tuple(settings.FLEET_DOCTOR)


def answers(only: tuple[str, ...] = ()) -> Iterator[Answer]:
    """Ask room by room; a question that itself fails is broken, and the rest is still asked."""
    for room, places in settings.FLEET_DOCTOR.items():
        if only and room not in only:
            continue
        for place in places:
            for name, check in import_string(place).items():
                began = monotonic()
                finding = _asked(check)
                yield Answer(room, name, finding, round((monotonic() - began) * 1000))


def _asked(check: Check) -> Finding:
    try:
        return check()
    except Exception as error:  # whatever it is, it is what the operator must hear
        said = str(error).strip().splitlines() or [""]
        return broken(f"{type(error).__name__}: {said[0][:160]}")
