"""What expires: one shape for papers, services, licences, documents, holds and returns, whoever keeps them.

The apps above register their sources in `FLEET_DUE_SOURCES`; alerts, lists, reminders and digests read from here only.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Final, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext


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


# What somebody must be allowed to see before he is told of it.
SEEN_WITH: Final = {
    Subject.INSURANCE: "cars.view_insurance",
    Subject.REGISTRATION: "cars.view_registration",
    Subject.INSPECTION: "cars.view_inspection",
    Subject.SERVICE: "cars.view_serviceplan",
    Subject.LICENCE: "customers.view_customer",
    Subject.PASSPORT: "customers.view_customer",
    Subject.DOCUMENT: "customers.view_document",
    Subject.HOLD: "contracts.view_contract",
    Subject.PICK_UP: "contracts.view_contract",
    Subject.RETURN: "contracts.view_contract",
}
_UNMASKED = "customers.view_pii"


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
    masked: str = ""  # what those are told instead of the title who may not see people's data

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


def finds(*subjects: Subject) -> Callable[[Source], Source]:
    """Say what a source may find, so that nobody asks it for anything else."""

    def declare(source: Source) -> Source:
        source.subjects = frozenset(subjects)  # type: ignore[attr-defined]
        return source

    return declare


def everything(
    *, on: date, within: int, cars: Iterable[UUID] | None = None, subjects: Iterable[str] | None = None
) -> list[Due]:
    """Return what every source finds, the most urgent first; `subjects` narrows to these (None = all)."""
    wanted = None if subjects is None else set(subjects)
    chosen = None if cars is None else list(cars)
    found = (
        due
        for source in _sources()
        if wanted is None or not wanted.isdisjoint(getattr(source, "subjects", wanted))
        for due in source(on=on, within=within, cars=chosen)
        if wanted is None or due.subject in wanted
    )
    return sorted(found, key=lambda due: (due.due_on, due.title, str(due.object_id)))


def told(title: str) -> str:
    """Return a title that a row has kept in the language of whoever reads it: `A12-K-345 · insurance (liability)`."""
    return " · ".join(_told(part) for part in title.split(" · "))


def _told(part: str) -> str:
    if found := _AT_KM.fullmatch(part):
        return found[1] + gettext(" at {km} km").format(km=found[2])
    found = _OF_A_KIND.fullmatch(part)
    return f"{gettext(found[1])} ({gettext(found[2])})" if found else gettext(part) if part else ""


_AT_KM: Final = re.compile(r"(.*) at ([\d ]+) km")
_OF_A_KIND: Final = re.compile(r"([^()]+) \(([^()]+)\)")


def seen_by(user: Any) -> set[Subject]:
    return {subject for subject, permission in SEEN_WITH.items() if user.has_perm(permission)}


def shown_to(user: Any, found: Iterable[Due]) -> list[Due]:
    """Return what the user may see, without people's names where he may not see those."""
    subjects = seen_by(user)
    seen = [due for due in found if due.subject in subjects]
    if user.has_perm(_UNMASKED):
        return seen
    return [replace(due, title=due.masked, customer_id=None) if due.masked else due for due in seen]


@cache
def _sources() -> tuple[Source, ...]:
    return tuple(import_string(name) for name in settings.FLEET_DUE_SOURCES)
