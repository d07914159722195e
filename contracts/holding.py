"""The contract's rows in the ledger: take, prolong, cut and give back a car."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.fields.ranges import RangeStartsWith
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext

from cars import odometer
from cars.models import Car, Occupancy
from contracts.errors import NotRentable
from contracts.gate import Refusal, Severity
from contracts.models import Assignment, Contract
from fleet.db import unit
from fleet.db.period import Period
from fleet.db.ready import Ready
from fleet.errors import Invalid, NotFound


def _lost_race() -> NotRentable:
    """Say why in the same words as the gate, when somebody else was faster than our look."""
    return NotRentable([Refusal("occupied", Severity.BLOCK, gettext("The car has just been taken in this period."))])


CLAIM: Final = Ready(
    lambda car: Car.objects.filter(pk=car).select_for_update(no_key=True).order_by().values_list("pk"), car=UUID
)
_LEDGER = {"occupancy_no_overlap": _lost_race}


def lock_car(car_id: UUID) -> Car:
    """Return the car, locked, with its category and branch. Raises Invalid: somebody has named it."""
    try:
        return Car.objects.with_desk().lock(car_id)
    except NotFound as error:
        raise unknown_car(car_id) from error


def claim(car_id: UUID) -> None:
    """Lock the car, for who reads it afterwards. Raises Invalid: somebody has named it."""
    if not CLAIM(car=car_id):
        raise unknown_car(car_id)


def unknown_car(car_id: UUID) -> Invalid:
    return Invalid(car=gettext("There is no car %(id)s.") % {"id": car_id}, code="unknown_car")


def lock(contract_id: UUID, *, and_car: UUID | None = None) -> tuple[Contract, dict[UUID, Car]]:
    """Return the contract and its car (and another one), all locked. Raises NotFound.

    One order everywhere, or two counters deadlock: the contract, then cars by id. Only with the contract locked is it
    certain which car it has.
    """
    contract = Contract.objects.select_related("customer", "pickup_branch").lock(contract_id)
    wanted = {pk for pk in (contract.car_id, and_car) if pk is not None}
    return contract, {pk: lock_car(pk) for pk in sorted(wanted)}


def take(car: Car, period: Period) -> Occupancy:
    """Take the car for the period and its turnaround. Raises NotRentable when it is not free."""
    taken = period.plus(car.category.turnaround_minutes)
    return unit.insert(Occupancy(car=car, period=taken.as_range(), kind=Occupancy.Kind.RENTAL), _LEDGER)


def assign(contract: Contract, occupancy: Occupancy, reason: Assignment.Reason, seq: int) -> Assignment:
    """Tie the car to the contract."""
    return unit.insert(Assignment(contract=contract, occupancy=occupancy, seq=seq, reason=reason))


def current(contract: Contract, car: Car) -> Assignment:
    """Return the open assignment with its car; a contract in a holding state has exactly one."""
    return _with(contract, car, contract.assignments.open().select_related("occupancy").get())


@dataclass(frozen=True)
class Held:
    """The open assignment of a contract, with what a hand-over must know of its car."""

    assignment: Assignment
    readings: odometer.Around
    follows: datetime | None  # when somebody else takes the car after it

    @property
    def car(self) -> Car:
        return self.assignment.occupancy.car


def held(contract: Contract, car: Car, now: datetime) -> Held:
    """Return what `current` returns and more, still in one statement. Contract and car must be locked."""
    theirs: Any = OuterRef("occupancy__car")
    readings = odometer.around(theirs, now)
    later = _later(theirs, OuterRef("occupancy"), RangeStartsWith(OuterRef("occupancy__period")))
    found = contract.assignments.open().select_related("occupancy").annotate(**readings, follows=Subquery(later)).get()
    seen = {name: getattr(found, name) for name in readings}
    return Held(_with(contract, car, found), odometer.Around(**seen), found.follows)  # type: ignore[attr-defined]


def _with(contract: Contract, car: Car, found: Assignment) -> Assignment:
    found.contract, found.occupancy.car = contract, car
    return found


def begin(occupancy: Occupancy, start: datetime) -> None:
    """Let the row begin earlier. Raises NotRentable when somebody else still has the car."""
    occupancy.period = Period(start, Period.of(occupancy.period).end).as_range()
    unit.update(occupancy, "period", refused=_LEDGER)


def prolong(occupancy: Occupancy, end: datetime, turnaround_minutes: int) -> None:
    """Move the end of the row in place. Raises NotRentable when somebody else comes next too soon."""
    shift(occupancy, Period(Period.of(occupancy.period).start, end), turnaround_minutes)


def shift(occupancy: Occupancy, period: Period, turnaround_minutes: int) -> None:
    """Let the row hold other days. Raises NotRentable when somebody else has the car in them."""
    occupancy.period = period.plus(turnaround_minutes).as_range()
    unit.update(occupancy, "period", refused=_LEDGER)


def cut(last: Held, now: datetime) -> None:
    """Close the assignment: the car is back and only its turnaround, up to whoever comes next, stays taken."""
    assignment, occupancy = last.assignment, last.assignment.occupancy
    span = Period.of(occupancy.period)
    end = now + timedelta(minutes=last.car.category.turnaround_minutes)
    end = min(end, last.follows) if last.follows else end
    occupancy.period = Period(span.start, max(end, span.start + timedelta(minutes=1))).as_range()
    unit.update(occupancy, "period", refused=_LEDGER)
    assignment.closed_at = now
    unit.update(assignment, "closed_at")


def release(assignment: Assignment, now: datetime) -> None:
    """Give the car back to the ledger: it was never taken out."""
    assignment.occupancy.released_at = now
    unit.update(assignment.occupancy, "released_at")
    assignment.closed_at = now
    unit.update(assignment, "closed_at")


def retake(assignment: Assignment) -> None:
    """Undo a release. Raises NotRentable when somebody else has taken the car meanwhile."""
    assignment.occupancy.released_at = None
    unit.update(assignment.occupancy, "released_at", refused=_LEDGER)
    assignment.closed_at = None
    unit.update(assignment, "closed_at")


def next_start(occupancy: Occupancy) -> datetime | None:
    """Return when the car is taken again after this row, or None."""
    found: datetime | None = _later(occupancy.car_id, occupancy.pk, Period.of(occupancy.period).start).first()
    return found


def _later(car: Any, own: Any, start: Any) -> Any:
    """Return when others take the car from here on, the next one only."""
    starts = RangeStartsWith(F("period"))
    others = Occupancy.objects.open().filter(car=car).exclude(pk=own).annotate(starts=starts).filter(starts__gt=start)
    return others.order_by("starts").values_list("starts", flat=True)[:1]
