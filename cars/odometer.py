"""The odometer: readings that never run backwards, and the car's own number projected from them."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from cars.errors import OdometerBackwards
from cars.models import Car, OdometerReading
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

    Raises OdometerBackwards when it does not fit between the readings before and after it, and Invalid for a
    correction without a reason or a time in the future.
    """
    when = taken_at or now
    if when > now:
        raise Invalid(taken_at="A reading cannot be taken in the future.", code="in_the_future")
    if corrects is not None and not reason.strip():
        raise Invalid(reason="A correction needs a reason.", code="reason_missing")
    if corrects is not None and corrects.car_id != car_id:
        raise Invalid(corrects="This reading belongs to another car.", code="other_car")
    car = Car.objects.lock(car_id)
    with translated({"odometerreading_forward": lambda: _backwards(car, km, when)}):
        reading = OdometerReading.objects.create(
            car=car,
            km=km,
            taken_at=corrects.taken_at if corrects and taken_at is None else when,
            source=source,
            corrects=corrects,
            reason=reason.strip(),
        )
    latest = OdometerReading.objects.valid().filter(car=car).latest_first().values_list("km", flat=True).first() or 0
    if latest != car.odometer_km:
        car.odometer_km = latest
        car.save(update_fields=["odometer_km"])
    return reading


def _backwards(car: Car, km: int, when: datetime) -> OdometerBackwards:
    valid = OdometerReading.objects.valid().filter(car=car)
    before = valid.filter(taken_at__lte=when).order_by("-km").values_list("km", flat=True).first()
    after = valid.filter(taken_at__gt=when).order_by("km").values_list("km", flat=True).first()
    bounds = " and ".join(
        part
        for part in (before is not None and f"at least {before} km", after is not None and f"at most {after} km")
        if part
    )
    return OdometerBackwards(
        f"{km} km does not fit: {car.license_plate} showed {bounds}.", before_km=before, after_km=after, km=km
    )
