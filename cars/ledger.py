"""Days a car is taken by ourselves: blocks, workshop days, transfers. Rentals belong to their contracts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from cars.errors import CarGone, CarTaken, IllegalMove
from cars.models import Car, Occupancy
from fleet.actor import verb
from fleet.db.constraints import translated
from fleet.db.period import Period
from fleet.errors import Invalid, NotFound

LONGEST = timedelta(days=366)
KINDS = tuple(kind for kind in Occupancy.Kind if kind != Occupancy.Kind.RENTAL)


@verb
def take(
    car_id: UUID, period: Period, kind: Occupancy.Kind, *, note: str = "", by: User | None, now: datetime
) -> Occupancy:
    """Take the car for ourselves.

    Raises CarTaken with the rows in the way, CarGone, and Invalid for a rental, a period longer than a year or one
    that is over.
    """
    if kind not in KINDS:
        raise Invalid(kind=gettext("A rental takes its car through a contract."), code="rental")
    _check(period, now)
    car = _kept(car_id)
    occupancy = Occupancy(car=car, period=period.as_range(), kind=kind, note=note.strip())
    with translated({"occupancy_no_overlap": _in_the_way(car, period)}):
        occupancy.save()
    return occupancy


@verb
def move(
    occupancy_id: UUID,
    *,
    by: User | None,
    now: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
    note: str | None = None,
) -> Occupancy:
    """Move, shorten or prolong our own row in place. Raises what `take` raises, and IllegalMove."""
    occupancy = _own(occupancy_id)
    span = Period.of(occupancy.period)
    period = Period(start or span.start, end or span.end)
    if note is not None:
        occupancy.note = note.strip()
    if period != span:
        _check(period, now)
        occupancy.period = period.as_range()
    with translated({"occupancy_no_overlap": _in_the_way(occupancy.car, period, occupancy)}):
        occupancy.save(update_fields=["period", "note"])
    return occupancy


@verb
def release(occupancy_id: UUID, *, by: User | None, now: datetime) -> Occupancy:
    """Give the car back before its time; what has begun ends now and stays in the ledger. Raises IllegalMove."""
    occupancy = _own(occupancy_id)
    span = Period.of(occupancy.period)
    if span.end <= now:
        raise IllegalMove(gettext("These days are over."), code="over")
    if span.start < now:
        occupancy.period = Period(span.start, now).as_range()
    else:
        occupancy.released_at = now
    occupancy.save(update_fields=["period", "released_at"])
    return occupancy


def shown(occupancy: Occupancy) -> dict[str, Any]:
    """Return what an error says of a row in the way."""
    return {
        "id": str(occupancy.pk),
        "kind": occupancy.kind,
        "start_at": occupancy.period.lower,
        "end_at": occupancy.period.upper,
        "note": occupancy.note,
    }


def _check(period: Period, now: datetime) -> None:
    if period.end - period.start > LONGEST:
        raise Invalid(
            gettext("At most 366 days; a car that is away for longer is out of service."),
            code="too_long",
            end_at=gettext("Too late."),
        )
    if period.end <= now:
        raise Invalid(gettext("These days are over."), code="over", end_at=gettext("In the past."))


def _kept(car_id: UUID) -> Car:
    """Return the car, locked: `lifecycle.archive` locks it too, so a car cannot leave while it is taken."""
    car = Car.objects.lock(car_id)
    if not car.is_kept:
        raise CarGone(car)
    return car


def _own(occupancy_id: UUID) -> Occupancy:
    """Lock the car, then the row. Raises NotFound, CarGone and IllegalMove."""
    car_id = Occupancy.objects.filter(pk=occupancy_id).values_list("car", flat=True).first()
    if car_id is None:
        raise NotFound
    car = _kept(car_id)
    occupancy = Occupancy.objects.lock(occupancy_id)
    occupancy.car = car
    if occupancy.kind == Occupancy.Kind.RENTAL:
        raise IllegalMove(gettext("A rental is changed through its contract."), code="rental")
    if occupancy.released_at is not None:
        raise IllegalMove(gettext("The car has been released already."), code="released")
    return occupancy


def _in_the_way(car: Car, period: Period, own: Occupancy | None = None) -> Callable[[], CarTaken]:
    def build() -> CarTaken:
        rows = Occupancy.objects.filter(car=car).overlapping(period).order_by("period")
        others = [row for row in rows if own is None or row.pk != own.pk]
        return CarTaken(
            gettext("%(plate)s is taken in this period.") % {"plate": car.license_plate},
            taken=[shown(row) for row in others],
        )

    return build
