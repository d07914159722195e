"""Which cars are free, and why the others are not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from cars.models import Car, Category
from contracts.search import Wanted, search
from fleet.db.period import Period
from fleet.errors import Invalid
from tests.factories import contracts as given
from tests.factories.cars import BranchFactory, CarFactory, CategoryFactory, IssueReportFactory, ServicePlanFactory
from tests.factories.contracts import END, NOW, START

pytestmark = pytest.mark.django_db
PERIOD = Period(START, END)


def test_a_free_car_is_offered_with_its_price() -> None:
    car = given.rentable_car()
    (offer,) = search(Wanted(PERIOD), now=NOW).free
    assert (offer.car, offer.days, offer.total) == (car, 3, Decimal("120.00"))


def test_a_booked_car_is_not_offered_and_explained_on_request() -> None:
    contract = given.booked(by=given.manager())
    assert search(Wanted(PERIOD), now=NOW).free == []
    (refused,) = search(Wanted(PERIOD), now=NOW, explain=True).refused
    assert refused.car == contract.car
    assert [refusal.code for refusal in refused.refusals] == ["occupied"]


def test_a_car_without_papers_is_never_offered() -> None:
    car = given.rentable_car()
    car.insurances.update(valid_until=START.date())
    answer = search(Wanted(PERIOD), now=NOW, explain=True)
    assert answer.free == []
    assert [refusal.code for refusal in answer.refused[0].refusals] == ["uninsured"]


def test_a_warning_does_not_hide_a_car() -> None:
    with time_machine.travel(NOW, tick=False):  # its first month begins
        ServicePlanFactory(car=given.rentable_car(), every_km=None, every_months=1)
    later = Period(NOW + timedelta(days=20), NOW + timedelta(days=40))
    (offer,) = search(Wanted(later), now=NOW).free
    assert [warning.code for warning in offer.warnings] == ["service_due_during"]


def test_filters_narrow_the_search() -> None:
    suv = CategoryFactory(code="suv")
    car = given.rentable_car(category=suv, seats=7, transmission="automatic")
    given.rentable_car()
    wanted = Wanted(PERIOD, category="suv", branch_id=car.branch_id, seats_min=7, transmission="automatic")
    assert [offer.car for offer in search(wanted, now=NOW).free] == [car]


@pytest.mark.parametrize(
    "narrow",
    [{}, {"category": "suv"}, {"category": "van"}, {"transmission": "automatic"}, {"fuel_type": "diesel"}]
    + [{"seats_min": seats} for seats in (4, 5, 7)],
)
def test_the_database_and_a_car_at_hand_narrow_alike(narrow: dict[str, Any]) -> None:
    CategoryFactory(code="suv"), CategoryFactory(code="van")
    for number, name in enumerate(("suv", "van", "suv")):
        fuel = ("petrol", "diesel", "diesel")[number]
        CarFactory(category=Category.objects.get(code=name), seats=4 + number, fuel_type=fuel)
    cars = Car.objects.with_desk()
    by_id = {"category": str(cars[0].category_id), "branch_id": cars[0].branch_id}
    for wanted in (Wanted(PERIOD, **narrow), Wanted(PERIOD, **{**narrow, **by_id})):
        assert [car for car in cars if wanted.fits(car)] == list(wanted.narrowed(cars))


def test_cheapest_first() -> None:
    dear, cheap = given.rentable_car(daily_rate=Decimal(90)), given.rentable_car(daily_rate=Decimal(20))
    assert [offer.car for offer in search(Wanted(PERIOD), now=NOW).free] == [cheap, dear]


def test_alternatives_are_the_next_class_other_branches_and_other_days() -> None:
    small, big = CategoryFactory(code="small", upgrade_rank=1), CategoryFactory(code="big", upgrade_rank=2)
    here, there = BranchFactory(), BranchFactory()
    taken = given.booked(by=given.manager(), car=given.rentable_car(category=small, branch=here)).car
    elsewhere, bigger = given.rentable_car(category=small, branch=there), given.rentable_car(category=big, branch=here)
    answer = search(Wanted(PERIOD, category="small", branch_id=here.pk), now=NOW, explain=True)
    assert [offer.car for offer in answer.alternatives] == [elsewhere, bigger]
    short = search(Wanted(Period(START, START + timedelta(hours=5)), "small", here.pk), now=NOW, explain=True)
    (shifted,) = [offer for offer in short.alternatives if offer.car == taken]
    assert shifted.period.start == START - timedelta(days=1)


def test_a_free_car_says_until_when() -> None:
    contract = given.booked(by=given.manager(), start_at=END + timedelta(hours=3), end_at=END + timedelta(days=2))
    (offer,) = search(Wanted(PERIOD), now=NOW).free
    assert offer.free_until == contract.start_at


def test_more_than_a_year_is_refused() -> None:
    with pytest.raises(Invalid):
        search(Wanted(Period(START, START + timedelta(days=3_650))), now=NOW)


def test_the_search_is_one_statement_whatever_the_fleet(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(5):
        IssueReportFactory(car=given.rentable_car(), severity="high")
    with django_assert_num_queries(1):
        search(Wanted(PERIOD), now=NOW)
