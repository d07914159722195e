"""What expires: one shape for papers, services, licences, documents, holds and returns, whoever keeps them.

The apps above register their sources in `FLEET_DUE_SOURCES`; alerts, lists, reminders and digests read from here only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string


class Subject(StrEnum):
    """What may come due; also what a reminder rule is about."""

    INSURANCE = "insurance"
    REGISTRATION = "registration"
    INSPECTION = "inspection"
    SERVICE = "service"
    LICENCE = "licence"
    PASSPORT = "passport"
    DOCUMENT = "document"
    HOLD = "hold"
    PICK_UP = "pick_up"
    RETURN = "return"


class State(StrEnum):
    OVERDUE = "overdue"
    TODAY = "today"
    COMING = "coming"


@dataclass(frozen=True)
class Due:
    """One thing and the day on which it comes due, as the branch's calendar counts days.

    `due_on` is the last good day: a paper valid until the 5th is due on the 5th and overdue on the 6th.
    """

    subject: Subject
    due_on: date
    label: str  # of the model behind it, e.g. cars.insurance
    object_id: UUID
    title: str  # for people: "A12-K-345 · liability insurance"
    branch_id: UUID | None = None
    car_id: UUID | None = None
    customer_id: UUID | None = None
    contract_id: UUID | None = None
    due_km: int | None = None  # services that are due by the odometer; `due_on` is then projected

    def days_left(self, on: date) -> int:
        return (self.due_on - on).days

    def state(self, on: date) -> State:
        left = self.days_left(on)
        return State.OVERDUE if left < 0 else State.TODAY if left == 0 else State.COMING


class Source(Protocol):
    """A function that finds what is due on `on`, is overdue, or comes due within so many days after it.

    `cars` narrows to these cars (None = all); a source that knows no cars then answers nothing.
    """

    def __call__(self, *, on: date, within: int, cars: Iterable[UUID] | None = None) -> Iterator[Due]: ...


def everything(
    *, on: date, within: int, cars: Iterable[UUID] | None = None, subjects: Iterable[str] | None = None
) -> list[Due]:
    """Return what every source finds, the most urgent first; `subjects` narrows to these (None = all)."""
    wanted = None if subjects is None else set(subjects)
    chosen = None if cars is None else list(cars)
    found = (
        due
        for source in _sources()
        for due in source(on=on, within=within, cars=chosen)
        if wanted is None or due.subject in wanted
    )
    return sorted(found, key=lambda due: (due.due_on, due.title, str(due.object_id)))


@cache
def _sources() -> tuple[Source, ...]:
    return tuple(import_string(name) for name in settings.FLEET_DUE_SOURCES)
