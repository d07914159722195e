"""What comes due for cars, and when: papers without a successor, services by date and by km."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cars import due
from fleet.due import Due, State, Subject
from tests.cars.world import DAY, NOW
from tests.factories.cars import (
    CarFactory,
    CategoryFactory,
    InspectionFactory,
    InsuranceFactory,
    OdometerReadingFactory,
    RegistrationFactory,
    ServicePlanFactory,
    ServiceRecordFactory,
)

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def papers(within: int = 30, **options: Any) -> list[Due]:
    return list(due.papers(on=TODAY, within=within, **options))


def services(within: int = 30, **options: Any) -> list[Due]:
    return list(due.services(on=TODAY, within=within, **options))


def driven(car: Any, *readings: tuple[int, int]) -> None:
    """Give the car readings: so many days ago, so many km."""
    for days, km in readings:
        OdometerReadingFactory(car=car, km=km, taken_at=NOW - days * DAY)
    type(car).objects.filter(pk=car.pk).update(odometer_km=readings[-1][1])


@pytest.mark.parametrize("factory", [InsuranceFactory, RegistrationFactory, InspectionFactory])
def test_a_paper_is_due_on_its_last_day(factory: Any) -> None:
    paper = factory(valid_until=in_days(30))

    (found,) = papers()

    assert (found.due_on, found.object_id, found.car_id) == (in_days(30), paper.pk, paper.car_id)
    assert (papers(29), found.state(in_days(30)), found.state(in_days(31))) == ([], State.TODAY, State.OVERDUE)


def test_a_renewed_paper_is_not_due() -> None:
    old = InsuranceFactory(valid_until=in_days(5))
    InsuranceFactory(car=old.car, valid_from=in_days(6), valid_until=in_days(370))

    assert papers() == []


def test_another_kind_of_insurance_renews_nothing() -> None:
    old = InsuranceFactory(valid_until=in_days(5))
    InsuranceFactory(car=old.car, kind="casco", valid_from=in_days(6), valid_until=in_days(370))

    assert [one.object_id for one in papers()] == [old.pk]


def test_a_renewal_that_begins_a_day_late_leaves_the_paper_due() -> None:
    old = InsuranceFactory(valid_until=in_days(5))
    InsuranceFactory(car=old.car, valid_from=in_days(7), valid_until=in_days(370))

    assert [one.object_id for one in papers()] == [old.pk]


def test_an_expired_paper_stays_overdue_until_another_has_begun() -> None:
    old = InsuranceFactory(valid_until=in_days(-20))
    assert papers(0)[0].state(TODAY) == State.OVERDUE

    InsuranceFactory(car=old.car, valid_from=TODAY, valid_until=in_days(370))

    assert papers() == []


def test_of_two_papers_that_end_on_the_same_day_one_is_due() -> None:
    old = InsuranceFactory(valid_until=in_days(5))
    InsuranceFactory(car=old.car, valid_until=in_days(5))

    assert len(papers()) == 1


@pytest.mark.parametrize("lifecycle", ["archived", "disposed"])
def test_nothing_is_due_for_cars_that_are_gone(lifecycle: str) -> None:
    car = CarFactory(lifecycle=lifecycle)
    InsuranceFactory(car=car, valid_until=in_days(5))
    ServicePlanFactory(car=car, every_months=1, every_km=None)

    assert papers() + services() == []


def test_a_service_is_due_so_many_months_after_the_last() -> None:
    plan = ServicePlanFactory(every_km=None, every_months=2)
    ServiceRecordFactory(car=plan.car, plan=plan, service_date=date(2026, 10, 10))

    (found,) = services()

    assert (found.subject, found.due_on, found.due_km) == (Subject.SERVICE, date(2026, 12, 10), None)


def test_a_service_by_km_is_due_when_the_recent_pace_gets_there() -> None:
    plan = ServicePlanFactory(every_km=15_000)
    ServiceRecordFactory(car=plan.car, plan=plan, odometer_km=10_000)
    driven(plan.car, (50, 19_000), (0, 24_000))  # 100 km a day, 1 000 km to go

    (found,) = services()

    assert (found.due_on, found.due_km) == (in_days(10), 25_000)
    assert found.title == f"{plan.car.license_plate} · oil at 25\u202f000 km"


def test_a_service_whose_km_are_passed_is_overdue() -> None:
    plan = ServicePlanFactory(every_km=15_000)
    ServiceRecordFactory(car=plan.car, plan=plan, odometer_km=10_000)
    driven(plan.car, (50, 20_500), (0, 25_500))

    assert services(0)[0].due_on == in_days(-5)


def test_a_car_that_stands_still_has_no_day_for_a_service_by_km() -> None:
    plan = ServicePlanFactory(every_km=15_000)
    ServiceRecordFactory(car=plan.car, plan=plan, odometer_km=10_000)

    assert services(365) == []


def test_what_comes_first_counts_date_or_km() -> None:
    plan = ServicePlanFactory(every_km=15_000, every_months=2)
    ServiceRecordFactory(car=plan.car, plan=plan, odometer_km=10_000, service_date=date(2026, 10, 1))
    driven(plan.car, (50, 19_000), (0, 24_000))

    assert services()[0].due_on == date(2026, 12, 1)  # by date; the km only on the 4th


def test_a_plan_of_a_category_is_due_for_every_car_of_it_by_itself() -> None:
    category = CategoryFactory()
    cars = CarFactory.create_batch(2, category=category)
    ServicePlanFactory(car=None, category=category, every_km=None, every_months=1)

    assert {one.object_id for one in services(40)} == {car.pk for car in cars}


def test_services_on_one_day_are_one_visit() -> None:
    car = CarFactory()
    ServicePlanFactory(car=car, service_type="tyres", every_km=None, every_months=1)
    ServicePlanFactory(car=car, service_type="oil", every_km=None, every_months=1)

    assert [one.title for one in services(40)] == [f"{car.license_plate} · oil, tyres"]


def test_only_the_cars_that_are_asked_about_are_looked_at() -> None:
    one = InsuranceFactory(valid_until=in_days(5))
    InsuranceFactory(valid_until=in_days(5))

    assert [found.car_id for found in papers(cars=[one.car_id])] == [one.car_id]


@pytest.mark.parametrize("cars", [1, 5])
def test_papers_cost_a_statement_per_kind_and_services_one(cars: int) -> None:
    for paper in InsuranceFactory.create_batch(cars, valid_until=in_days(5)):
        RegistrationFactory(car=paper.car, valid_until=in_days(6))
        ServicePlanFactory(car=paper.car, every_km=None, every_months=1)

    with CaptureQueriesContext(connection) as queries:
        found = papers(40) + services(40)

    assert (len(found), len(queries)) == (3 * cars, 4)
