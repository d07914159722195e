"""Services that were done: each one also reads the odometer."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from cars import odometer
from cars.models import Car, Occupancy, OdometerReading, ServiceRecord
from fleet.actor import verb
from fleet.errors import Invalid

_AMENDED = "The service record was corrected."


@verb
def record(done: ServiceRecord, *, by: User | None, now: datetime) -> ServiceRecord:
    """Save a service that was done, and what its odometer said.

    Raises OdometerBackwards, and Invalid for a day to come or for a plan or workshop days of another car.
    """
    _check(done, now)
    _read(done, by, now)
    done.save()
    return done


@verb
def amend(record_id: UUID, *, by: User | None, now: datetime, **fields: Any) -> ServiceRecord:
    """Correct a record, and with its km or its day also the reading. Raises what `record` raises."""
    done = ServiceRecord.objects.select_related("car__branch").lock(record_id)
    if fields.get("car", done.car) != done.car:
        raise Invalid(car=gettext("A record stays with its car; delete it and write a new one."), code="other_car")
    reading = _reading_of(done)
    before = (done.odometer_km, done.service_date)
    for name, value in fields.items():
        setattr(done, name, value)
    _check(done, now)
    if (done.odometer_km, done.service_date) != before:
        _read(done, by, now, corrects=reading)
    done.save()
    return done


def _check(done: ServiceRecord, now: datetime) -> None:
    if done.service_date > now.astimezone(done.car.branch.zone).date():
        raise Invalid(service_date=gettext("A service that was done lies in the past."), code="in_the_future")
    if done.plan is not None and done.plan.car_id != done.car_id and done.plan.category_id != done.car.category_id:
        raise Invalid(plan=gettext("This plan is for other cars."), code="other_car")
    days = done.occupancy
    if days is not None and (days.car_id, days.kind) != (done.car_id, Occupancy.Kind.WORKSHOP):
        raise Invalid(occupancy=gettext("These are no workshop days of this car."), code="other_car")


def _read(done: ServiceRecord, by: User | None, now: datetime, *, corrects: OdometerReading | None = None) -> None:
    odometer.record(
        done.car_id,
        done.odometer_km,
        source=OdometerReading.Source.SERVICE,
        by=by,
        now=now,
        taken_at=_moment(done, now),
        corrects=corrects,
        reason=_AMENDED if corrects else "",
    )


def _moment(done: ServiceRecord, now: datetime) -> datetime:
    """Return when on its day the service must have been: after the last reading that showed no more km."""
    first, last = _day(done.car, done.service_date)
    lower = OdometerReading.objects.valid().filter(car=done.car_id, taken_at__range=(first, last))
    fits = lower.filter(km__lte=done.odometer_km).latest_first().values_list("taken_at", flat=True).first()
    return min(fits or first, now)


def _reading_of(done: ServiceRecord) -> OdometerReading | None:
    readings = OdometerReading.objects.valid().filter(
        car=done.car_id,
        km=done.odometer_km,
        source=OdometerReading.Source.SERVICE,
        taken_at__range=_day(done.car, done.service_date),
    )
    return readings.latest_first().first()


def _day(car: Car, day: date) -> tuple[datetime, datetime]:
    """Return the first and the last instant of a local day of the car's branch."""
    zone = car.branch.zone
    midnight = datetime.combine(day, time(), zone)
    tomorrow = datetime.combine(day + timedelta(days=1), time(), zone)
    return midnight, tomorrow - timedelta(microseconds=1)
