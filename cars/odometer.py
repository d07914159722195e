"""The odometer: readings that never run backwards, and the car's own number projected from them."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max, Min, Q
from django.utils.translation import gettext

from accounts.models import User
from cars.errors import IllegalMove, OdometerBackwards
from cars.models import Car, OdometerReading
from cars.models.car import MOST_KM
from fleet.actor import verb
from fleet.db.constraints import translated
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
    with translated({"odometerreading_forward": lambda: _backwards(car, km, when, corrects)}):
        reading = OdometerReading.objects.create(
            car=car, km=km, taken_at=when, source=source, corrects=corrects, reason=reason.strip()
        )
    latest = OdometerReading.objects.valid().filter(car=car).latest_first().values_list("km", flat=True).first() or 0
    if latest != car.odometer_km:
        car.odometer_km = latest
        car.save(update_fields=["odometer_km"])
    return reading


def _check(car_id: UUID, km: int, when: datetime, now: datetime, corrects: OdometerReading | None, reason: str) -> None:
    if not 0 <= km <= MOST_KM:
        raise Invalid(km=gettext("An odometer shows 0 to %(most)s km.") % {"most": MOST_KM}, code="km_out_of_range")
    if when > now:
        raise Invalid(taken_at=gettext("A reading cannot be taken in the future."), code="in_the_future")
    if corrects is not None and not reason.strip():
        raise Invalid(reason=gettext("A correction needs a reason."), code="reason_missing")
    if corrects is not None and corrects.car_id != car_id:
        raise Invalid(corrects=gettext("This reading belongs to another car."), code="other_car")


def _backwards(car: Car, km: int, when: datetime, corrects: OdometerReading | None) -> OdometerBackwards:
    valid = OdometerReading.objects.valid().filter(car=car).order_by()
    if corrects is not None:
        valid = valid.exclude(pk=corrects.pk)
    around = valid.aggregate(
        before=Max("km", filter=Q(taken_at__lte=when)), after=Min("km", filter=Q(taken_at__gt=when))
    )
    bounds = gettext(" and ").join(
        words % {"km": around[side]}
        for side, words in (("before", gettext("at least %(km)s km")), ("after", gettext("at most %(km)s km")))
        if around[side] is not None
    )
    return OdometerBackwards(
        gettext("%(km)s km does not fit: %(plate)s must show %(bounds)s at that time.")
        % {"km": km, "plate": car.license_plate, "bounds": bounds},
        before_km=around["before"],
        after_km=around["after"],
        km=km,
    )
