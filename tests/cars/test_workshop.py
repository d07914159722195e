"""A service that was done also reads the odometer, at a time of its day that fits."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.models import User
from cars import odometer, workshop
from cars.errors import OdometerBackwards
from cars.models import Car, OdometerReading, ServiceRecord
from fleet.errors import Invalid
from tests.cars.world import DAY, HOUR, NOW, days
from tests.factories.cars import (
    BranchFactory,
    CarFactory,
    CategoryFactory,
    OccupancyFactory,
    ServicePlanFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
YESTERDAY = date(2026, 11, 23)


@pytest.fixture
def car() -> Car:
    return CarFactory()


def service(car: Car, km: int = 10_000, day: date = YESTERDAY, **fields: Any) -> ServiceRecord:
    done = ServiceRecord(car=car, service_date=day, odometer_km=km, service_type="oil", **fields)
    return workshop.record(done, by=fields.get("created_by"), now=NOW)


def read(car: Car, km: int, at: datetime) -> OdometerReading:
    return odometer.record(car.pk, km, source=OdometerReading.Source.CHECK_IN, by=None, now=NOW, taken_at=at)


def shown(car: Car) -> int:
    car.refresh_from_db()
    return car.odometer_km


def test_a_service_reads_the_odometer(car: Car) -> None:
    service(car, 10_000)

    reading = OdometerReading.objects.get()
    assert (reading.km, reading.source, shown(car)) == (10_000, "service", 10_000)
    assert reading.taken_at == datetime(2026, 11, 22, 23, tzinfo=UTC)  # midnight in Sarajevo


def test_a_service_between_two_readings_of_its_day_takes_its_place(car: Car) -> None:
    read(car, 9_990, NOW - DAY)
    read(car, 10_400, NOW - DAY + 8 * HOUR)

    service(car, 10_000)

    assert OdometerReading.objects.get(source="service").taken_at == NOW - DAY
    assert shown(car) == 10_400


def test_a_service_of_today_never_reads_in_the_future(car: Car) -> None:
    read(car, 9_000, NOW)

    service(car, 10_000, TODAY)

    assert shown(car) == 10_000


def test_a_service_that_does_not_fit_the_odometer_is_not_saved(car: Car) -> None:
    read(car, 20_000, NOW - 3 * DAY)

    with pytest.raises(OdometerBackwards):
        service(car, 10_000)

    assert not ServiceRecord.objects.exists()


def test_the_day_is_the_branchs(by: User) -> None:
    tokyo = CarFactory(branch=BranchFactory(time_zone="Asia/Tokyo"))
    late = datetime(2026, 11, 24, 20, tzinfo=UTC)  # already the 25th there
    done = ServiceRecord(car=tokyo, service_date=date(2026, 11, 25), odometer_km=1, service_type="oil")

    assert workshop.record(done, by=by, now=late).created_by == by


def test_a_service_to_come_is_refused(car: Car) -> None:
    with pytest.raises(Invalid) as error:
        service(car, day=date(2026, 11, 25))

    assert error.value.code == "in_the_future"


def test_a_plan_of_the_car_or_of_its_category_is_taken(car: Car) -> None:
    service(car, plan=ServicePlanFactory(car=car))
    service(car, plan=ServicePlanFactory(car=None, category=car.category))

    assert ServiceRecord.objects.count() == 2


def test_a_plan_for_other_cars_is_refused(car: Car) -> None:
    for plan in (ServicePlanFactory(), ServicePlanFactory(car=None, category=CategoryFactory())):
        with pytest.raises(Invalid) as error:
            service(car, plan=plan)
        assert set(error.value.fields) == {"plan"}


def test_workshop_days_of_the_car_are_taken_and_no_others(car: Car) -> None:
    mine = OccupancyFactory(car=car, kind="workshop")
    block = OccupancyFactory(car=car, period=days(20, 21).as_range())
    assert service(car, occupancy=mine).occupancy == mine

    for foreign in (block, OccupancyFactory(kind="workshop")):
        with pytest.raises(Invalid) as error:
            service(car, occupancy=foreign)
        assert set(error.value.fields) == {"occupancy"}


def test_corrected_kilometres_correct_the_reading(car: Car) -> None:
    done = service(car, 100_000)

    workshop.amend(done.pk, odometer_km=10_000, by=None, now=NOW)

    assert OdometerReading.objects.valid().get().km == shown(car) == 10_000
    assert OdometerReading.objects.count() == 2


def test_a_corrected_day_moves_the_reading(car: Car) -> None:
    done = service(car, 10_000)

    workshop.amend(done.pk, service_date=date(2026, 11, 20), by=None, now=NOW)

    assert OdometerReading.objects.valid().get().taken_at == datetime(2026, 11, 19, 23, tzinfo=UTC)


def test_other_corrections_leave_the_odometer_alone(car: Car) -> None:
    done = service(car, 10_000)

    workshop.amend(done.pk, vendor="Servis Neretva", by=None, now=NOW)

    done.refresh_from_db()
    assert (done.vendor, OdometerReading.objects.count()) == ("Servis Neretva", 1)


def test_a_record_without_a_reading_gets_one_when_it_is_corrected(car: Car) -> None:
    done = service(car, 10_000)
    OdometerReading.objects.all().delete()

    workshop.amend(done.pk, odometer_km=11_000, by=None, now=NOW)

    assert shown(car) == 11_000


def test_a_record_stays_with_its_car(car: Car) -> None:
    with pytest.raises(Invalid) as error:
        workshop.amend(service(car).pk, car=CarFactory(), by=None, now=NOW)

    assert error.value.code == "other_car"
