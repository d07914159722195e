"""What PostgreSQL refuses, whatever the path: raw SQL, the ORM, bulk writes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.db.models import ProtectedError
from uuid_utils.compat import uuid7

from cars.models import IssueReport, Occupancy, OdometerReading
from fleet.db.period import Period
from tests.cars.world import DAY, NOW, days
from tests.factories.cars import (
    CarFactory,
    CategoryFactory,
    InsuranceFactory,
    IssueReportFactory,
    OccupancyFactory,
    OdometerReadingFactory,
    ServicePlanFactory,
)

pytestmark = pytest.mark.django_db

INSERT = """
    INSERT INTO cars_occupancy (id, created_at, updated_at, version, car_id, period, kind, note)
    VALUES (%s, now(), now(), 1, %s, %s, 'block', '')
"""


def insert(car_id: UUID, period: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [str(uuid7()), car_id, period])


def test_an_insert_by_hand_cannot_take_a_car_twice() -> None:
    there = OccupancyFactory(period=days(1, 3).as_range(), kind="rental")

    with pytest.raises(IntegrityError, match="occupancy_no_overlap"):
        insert(there.car_id, days(2, 4).as_range())


def test_an_insert_by_hand_may_follow_on() -> None:
    there = OccupancyFactory(period=days(1, 3).as_range())

    insert(there.car_id, days(3, 4).as_range())

    assert Occupancy.objects.count() == 2


def test_an_update_cannot_move_days_over_others() -> None:
    first = OccupancyFactory(period=days(1, 3).as_range())
    OccupancyFactory(car=first.car, period=days(5, 6).as_range())

    with pytest.raises(IntegrityError, match="occupancy_no_overlap"):
        Occupancy.objects.filter(pk=first.pk).update(period=days(1, 5.5).as_range())


def test_a_release_cannot_be_undone_over_others() -> None:
    released = OccupancyFactory(period=days(1, 3).as_range(), released_at=NOW)
    OccupancyFactory(car=released.car, period=days(1, 3).as_range())

    with pytest.raises(IntegrityError, match="occupancy_no_overlap"):
        Occupancy.objects.filter(pk=released.pk).update(released_at=None)


@pytest.mark.parametrize("period", ["empty", "(,2026-12-02)", "[2026-12-01,)", "[2026-12-01,2026-12-02]"])
def test_a_span_has_a_start_and_an_end_and_is_half_open(period: str) -> None:
    with pytest.raises(IntegrityError, match="occupancy_period_bounded"):
        insert(CarFactory().pk, period)


@pytest.mark.parametrize(("km", "ago"), [(900, 0 * DAY), (2001, 2 * DAY)])
def test_an_odometer_never_runs_backwards_also_by_the_orm(km: int, ago: timedelta) -> None:
    first = OdometerReadingFactory(km=1000, taken_at=NOW - 3 * DAY)
    OdometerReadingFactory(car=first.car, km=2000, taken_at=NOW - DAY)

    with pytest.raises(IntegrityError, match="does not fit"):
        OdometerReading.objects.create(car=first.car, km=km, taken_at=NOW - ago, source="manual")


def test_a_reading_cannot_be_changed_into_one_that_does_not_fit() -> None:
    first = OdometerReadingFactory(km=1000, taken_at=NOW - 3 * DAY)
    OdometerReadingFactory(car=first.car, km=2000, taken_at=NOW - DAY)

    with pytest.raises(IntegrityError, match="does not fit"):
        OdometerReading.objects.filter(pk=first.pk).update(km=2001)


def test_a_correction_without_a_reason_is_no_row() -> None:
    first = OdometerReadingFactory()

    with pytest.raises(IntegrityError, match="odometerreading_correction_has_reason"):
        OdometerReadingFactory(car=first.car, corrects=first, km=900)


@pytest.mark.parametrize("fields", [{"car": None}, {"category": True}, {"every_km": None}, {"every_km": 0}])
def test_a_plan_is_for_a_car_or_a_category_and_has_an_interval(fields: dict[str, Any]) -> None:
    if "category" in fields:
        fields = {"category": CategoryFactory()}

    with pytest.raises(IntegrityError, match="serviceplan_"):
        ServicePlanFactory(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"year": 1899},
        {"year": 2201},
        {"seats": 0},
        {"doors": 7},
        {"daily_rate": Decimal("-0.01")},
        {"license_plate": ""},
    ],
)
def test_a_car_is_plausible(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="car_"):
        CarFactory(**fields)


def test_a_vin_belongs_to_one_car_however_it_is_written() -> None:
    CarFactory(vin="TMBJJ7NX0LY000001")

    with pytest.raises(IntegrityError, match="car_vin_once"):
        CarFactory(vin="tmbjj7nx0ly000001")


def test_cars_without_a_vin_do_not_clash() -> None:
    assert CarFactory(vin="").vin is CarFactory(vin=None).vin is None


def test_a_paper_does_not_end_before_it_starts() -> None:
    with pytest.raises(IntegrityError, match="insurance_ends_after_it_starts"):
        InsuranceFactory(valid_from=NOW.date(), valid_until=NOW.date() - DAY)


@pytest.mark.parametrize(("status", "at"), [("open", NOW), ("resolved", None)])
def test_a_resolved_issue_says_when_and_an_open_one_does_not(status: str, at: Any) -> None:
    issue = IssueReportFactory()

    with pytest.raises(IntegrityError, match="issuereport_resolved_has_time"):
        IssueReport.objects.filter(pk=issue.pk).update(status=status, resolved_at=at)


@pytest.mark.parametrize("factory", [OccupancyFactory, InsuranceFactory, OdometerReadingFactory, IssueReportFactory])
def test_a_car_with_history_cannot_be_deleted(factory: Any) -> None:
    with pytest.raises(ProtectedError):
        factory().car.delete()


def test_a_year_long_period_is_not_the_databases_business() -> None:
    insert(CarFactory().pk, Period(NOW, NOW + 3650 * DAY).as_range())

    assert Occupancy.objects.count() == 1
