"""What cars cost: every figure against one counted by hand, day by day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cars import costs
from cars.costs import Category, Entry
from cars.models import Car
from tests.factories.accounts import client_as
from tests.factories.cars import (
    CarFactory,
    DamageFactory,
    InspectionFactory,
    InsuranceFactory,
    IssueReportFactory,
    OdometerReadingFactory,
    RegistrationFactory,
    ServiceRecordFactory,
)

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def of(car: Car, first: date = FIRST, last: date = LAST) -> costs.Costs:
    return costs.of(Car.objects.filter(pk=car.pk), first, last)[car.pk]


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def resolved(car: Car, day: date, cost: Decimal) -> Any:
    return IssueReportFactory(car=car, status="resolved", resolved_at=moment(day), actual_cost=cost)


def test_a_premium_is_spread_over_its_days() -> None:
    paper = InsuranceFactory(valid_from=date(2026, 1, 30), valid_until=date(2026, 3, 30), cost=Decimal("600.00"))

    months = of(paper.car).months

    assert [month.total for month in months[:4]] == [Decimal("20.00"), Decimal("280.00"), Decimal("300.00"), 0]


def test_the_cents_of_a_premium_that_does_not_divide_are_neither_lost_nor_found() -> None:
    paper = InsuranceFactory(valid_from=date(2026, 1, 5), valid_until=date(2026, 9, 17), cost=Decimal("1000.01"))

    assert of(paper.car).total == Decimal("1000.01")


def test_work_counts_on_its_day_and_under_its_category() -> None:
    car = CarFactory()
    ServiceRecordFactory(car=car, service_date=date(2026, 2, 28), cost=Decimal("150.00"))
    resolved(car, date(2026, 3, 1), Decimal("80.00"))
    DamageFactory(car=car, repaired_at=moment(date(2026, 3, 31)), repair_cost=Decimal("45.50"))

    found = of(car)

    assert found.categories[Category.SERVICE] == found.months[1].total == Decimal("150.00")
    assert found.months[2].categories[Category.REPAIR] == Decimal("80.00")
    assert found.months[2].categories[Category.DAMAGE] == Decimal("45.50")


def test_a_day_is_a_day_of_the_company() -> None:
    late = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)  # half past midnight in Sarajevo
    damage = DamageFactory(repaired_at=late, repair_cost=Decimal("10.00"))

    assert of(damage.car).months[6].total == Decimal("10.00")


def test_an_issue_that_is_worked_on_counts_on_the_day_it_was_reported() -> None:
    issue = IssueReportFactory(status="in_progress", actual_cost=Decimal("70.00"))  # on 24 November

    assert of(issue.car).months[10].total == Decimal("70.00")


def test_an_average_counts_empty_months_too() -> None:
    record = ServiceRecordFactory(service_date=date(2026, 5, 1), cost=Decimal("120.00"))
    found = of(record.car)

    assert (len(found.months), found.per_month, found.per_day) == (12, Decimal("10.00"), Decimal("0.33"))


def test_a_year_is_projected_from_the_last_three_full_months() -> None:
    car = CarFactory()
    for day, cost in (
        (date(2026, 7, 31), 999),
        (date(2026, 8, 1), 30),
        (date(2026, 10, 31), 60),
        (date(2026, 11, 1), 5),
    ):
        ServiceRecordFactory(car=car, service_date=day, cost=Decimal(cost))

    assert of(car, last=date(2026, 11, 24)).projected_year == Decimal("360.00")
    assert of(car, date(2026, 11, 1), date(2026, 11, 24)).projected_year == Decimal("360.00")
    assert of(car, last=date(2026, 10, 31)).projected_year == Decimal("360.00")


def test_a_km_costs_what_was_spent_over_what_was_driven_in_the_span() -> None:
    car = CarFactory()
    ServiceRecordFactory(car=car, service_date=date(2026, 3, 1), cost=Decimal("300.00"))
    for day, km in ((date(2025, 12, 1), 10_000), (date(2026, 2, 1), 11_000), (date(2026, 6, 1), 12_000)):
        OdometerReadingFactory(car=car, km=km, taken_at=moment(day))

    assert (of(car).driven_km, of(car).per_km) == (2_000, Decimal("0.1500"))


def test_a_car_that_came_in_the_span_has_driven_since_its_first_reading() -> None:
    car = CarFactory()
    for day, km in ((date(2026, 2, 1), 11_000), (date(2026, 6, 1), 12_000)):
        OdometerReadingFactory(car=car, km=km, taken_at=moment(day))

    assert of(car).driven_km == 1_000


def test_a_car_that_stood_still_has_no_cost_per_km() -> None:
    found = of(OdometerReadingFactory().car)

    assert (found.driven_km, found.per_km, found.total) == (0, None, 0)


@pytest.mark.parametrize("seed", range(12))
def test_every_month_and_category_is_what_counting_day_by_day_finds(seed: int) -> None:
    chance, car = Random(seed), CarFactory()  # noqa: S311
    expected = _lived_through(chance, car)
    first = date(2026, 1, 1) + timedelta(days=chance.randrange(300))
    last = first + timedelta(days=chance.randrange(400))

    found = of(car, first, last)

    for month in found.months:
        for category in Category:
            exact = sum(
                part
                for (kind, day), part in expected.items()
                if kind == category
                and first <= day <= last
                and (day.year, day.month) == (month.first.year, month.first.month)
            )
            assert abs(Fraction(month.categories[category]) - exact) <= Fraction(4, 100)  # a cent per paper
    assert found.total == sum(month.total for month in found.months) == sum(found.categories.values())


def _lived_through(chance: Random, car: Car) -> dict[tuple[str, date], Fraction]:
    """Give the car papers and work at random; return what each day cost."""
    spent: dict[tuple[str, date], Fraction] = {}
    papers = {"insurance": InsuranceFactory, "registration": RegistrationFactory, "inspection": InspectionFactory}
    for category, factory in papers.items():
        for _ in range(chance.randrange(4)):
            start, length = date(2025, 6, 1) + timedelta(days=chance.randrange(600)), chance.randrange(1, 400)
            cost = Decimal(chance.randrange(100_000)) / 100
            factory(car=car, valid_from=start, valid_until=start + timedelta(days=length - 1), cost=cost)
            for offset in range(length):
                key = (category, start + timedelta(days=offset))
                spent[key] = spent.get(key, Fraction(0)) + Fraction(cost) / length
    for _ in range(chance.randrange(8)):
        day, cost = date(2026, 1, 1) + timedelta(days=chance.randrange(500)), Decimal(chance.randrange(9_999)) / 100
        ServiceRecordFactory(car=car, service_date=day, cost=cost)
        spent["service", day] = spent.get(("service", day), Fraction(0)) + Fraction(cost)
        resolved(car, day, cost)
        spent["repair", day] = spent.get(("repair", day), Fraction(0)) + Fraction(cost)
    return spent


def test_parts_of_adjoining_spans_add_up() -> None:
    car, day = CarFactory.build(), date(2026, 1, 1)
    entry = Entry(Category.INSURANCE, car.pk, day, day + timedelta(days=6), Decimal("10.00"))
    parts = [entry.between(day + timedelta(days=n), day + timedelta(days=n)) for n in range(-2, 10)]

    assert (sum(parts), parts[0], parts[-1]) == (Decimal("10.00"), 0, 0)


def test_the_whole_fleet_costs_two_statements() -> None:
    for paper in InsuranceFactory.create_batch(5):
        ServiceRecordFactory(car=paper.car)

    with CaptureQueriesContext(connection) as queries:
        found = costs.of(Car.objects.all(), FIRST, LAST)

    assert (len(found), len(queries)) == (5, 2)
    assert {one.total for one in found.values()} == {Decimal("332.50")}


def test_the_api_answers_with_text_for_money_and_four_queries() -> None:
    client, paper = client_as("accountant"), InsuranceFactory(cost=Decimal("730.00"))

    with CaptureQueriesContext(connection) as queries:
        body = client.get(f"/api/v1/cars/{paper.car_id}/costs/", {"from": "2026-01-01", "to": "2026-12-31"}).json()

    assert (body["total"], body["categories"]["insurance"], body["months"][0]["month"]) == (
        "365.00",
        "365.00",
        "2026-01",
    )
    assert (body["per_km"], body["per_month"], len(queries)) == (None, "30.42", 4)


def test_the_api_shows_twelve_months_unless_asked_otherwise() -> None:
    body = client_as("manager").get(f"/api/v1/cars/{CarFactory().pk}/costs/").json()

    assert (body["first"], body["last"], len(body["months"])) == ("2025-12-01", "2026-11-24", 12)


@pytest.mark.parametrize(
    "asked",
    [{"from": "yesterday"}, {"to": "0001-01-01"}, {"from": "2027-01-01"}, {"from": "1950-01-01"}, {"till": "x"}],
)
def test_the_api_refuses_a_span_that_makes_no_sense(asked: dict[str, str]) -> None:
    assert client_as("manager").get(f"/api/v1/cars/{CarFactory().pk}/costs/", asked).status_code == 400


def test_who_books_from_outside_does_not_see_what_cars_cost() -> None:
    assert client_as("integrator").get(f"/api/v1/cars/{CarFactory().pk}/costs/").status_code == 403
