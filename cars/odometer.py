"""The odometer: readings that never run backwards, and the car's own number projected from them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext

from accounts.models import User
from cars.errors import IllegalMove, OdometerBackwards
from cars.models import Car, OdometerReading
from cars.models.car import MOST_KM
from fleet.actor import verb
from fleet.db import unit
from fleet.errors import Invalid


@verb
def record(
    car_id: UUID,
    km: int,
    *,
    source: OdometerReading.Source,
    by: User | None,
    now: datetime,
    taken_at: datetime | None = None,
    corrects: OdometerReading | None = None,
    reason: str = "",
) -> OdometerReading:
    """Write a reading and project the car's odometer from the latest valid one.

    A correction stands at the time of the reading that it replaces, unless `taken_at` says otherwise.
    Raises OdometerBackwards when it does not fit between the readings before and after it, Invalid for a correction
    without a reason or a time in the future, and IllegalMove when the reading is corrected already.
    """
    when = taken_at or (corrects.taken_at if corrects else now)
    _check(car_id, km, when, now, corrects, reason)
    car = Car.objects.lock(car_id)
    if corrects is not None and OdometerReading.objects.filter(corrects=corrects).exists():
        raise IllegalMove(
            gettext("This reading is corrected already; correct the newer one."), code="corrected_already"
        )
    seen: Any = Car.objects.filter(pk=car_id).values(**around(OuterRef("pk"), when, corrects)).get()
    return read_off(car, km, Around(**seen), source=source, when=when, corrects=corrects, reason=reason)


@dataclass(frozen=True)
class Around:
    """The valid readings about a moment: the last one up to it, the next one, and the last of all, in km."""

    before: int | None
    after: int | None
    last: int | None


def around(car: Any, when: datetime, corrects: OdometerReading | None = None) -> dict[str, Any]:
    """Return the columns of `Around` for a query of which the car is a column."""
    valid = OdometerReading.objects.valid().filter(car=car).order_by()
    if corrects is not None:
        valid = valid.exclude(pk=corrects.pk)
    # Valid readings never run backwards: the last up to a moment is the most up to it, the next one the least.
    found = {
        "before": valid.filter(taken_at__lte=when).order_by("-taken_at", "-km"),
        "after": valid.filter(taken_at__gt=when).order_by("taken_at", "km"),
        "last": valid.latest_first(),
    }
    return {name: Subquery(readings.values("km")[:1]) for name, readings in found.items()}


def read_off(
    car: Car,
    km: int,
    seen: Around,
    *,
    source: OdometerReading.Source,
    when: datetime,
    corrects: OdometerReading | None = None,
    reason: str = "",
) -> OdometerReading:
    """Write a reading of a car that is locked, and project its odometer. Raises OdometerBackwards."""
    _check_km(km)
    if km < (seen.before or 0) or (seen.after is not None and km > seen.after):
        raise _backwards(car, km, seen)
    reading = OdometerReading(car=car, km=km, taken_at=when, source=source, corrects=corrects, reason=reason.strip())
    unit.insert(reading, {"odometerreading_forward": lambda: _backwards(car, km, seen)})
    latest = km if seen.after is None or seen.last is None else seen.last
    if latest != car.odometer_km:
        car.odometer_km = latest
        unit.update(car, "odometer_km")
    return reading


def _check(car_id: UUID, km: int, when: datetime, now: datetime, corrects: OdometerReading | None, reason: str) -> None:
    _check_km(km)
    if when > now:
        raise Invalid(taken_at=gettext("A reading cannot be taken in the future."), code="in_the_future")
    if corrects is not None and not reason.strip():
        raise Invalid(reason=gettext("A correction needs a reason."), code="reason_missing")
    if corrects is not None and corrects.car_id != car_id:
        raise Invalid(corrects=gettext("This reading belongs to another car."), code="other_car")


def _check_km(km: int) -> None:
    if not 0 <= km <= MOST_KM:
        raise Invalid(km=gettext("An odometer shows 0 to %(most)s km.") % {"most": MOST_KM}, code="km_out_of_range")


def _backwards(car: Car, km: int, seen: Around) -> OdometerBackwards:
    sides = ((seen.before, gettext("at least %(km)s km")), (seen.after, gettext("at most %(km)s km")))
    bounds = gettext(" and ").join(words % {"km": bound} for bound, words in sides if bound is not None)
    return OdometerBackwards(
        gettext("%(km)s km does not fit: %(plate)s must show %(bounds)s at that time.")
        % {"km": km, "plate": car.license_plate, "bounds": bounds},
        before_km=seen.before,
        after_km=seen.after,
        km=km,
    )
