"""Another car for somebody who is on the way: those that may go out, the nearest first."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from contracts import exchange
from tests.contracts.desk import client_in, step, text
from tests.factories.cars import BranchFactory, CategoryFactory, IssueReportFactory
from tests.factories.contracts import END, OUT_AT, active, booked, driver, manager, rentable_car

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Iterator[Any]:
    settings.SESSION_COOKIE_AGE = 90 * 24 * 3600  # nobody is logged out while the days fly
    with time_machine.travel(OUT_AT + HOUR, tick=False) as traveller:
        yield traveller


def test_the_same_class_comes_first_then_those_above_then_those_below() -> None:
    here = BranchFactory()
    low, agreed, high = (CategoryFactory(code=f"c{rank}", upgrade_rank=rank) for rank in (1, 2, 3))
    contract = active(by=manager(), car=rentable_car(category=agreed, branch=here))
    wanted = [rentable_car(category=agreed, branch=here), rentable_car(category=agreed)]
    wanted += [rentable_car(category=one, branch=here) for one in (high, low)]

    assert [offer.car for offer in exchange.possible(contract, now=OUT_AT + HOUR).free] == wanted


def test_a_car_that_is_taken_or_may_not_go_out_is_explained_and_not_offered() -> None:
    by = manager()
    contract, taken, grounded = active(by=by), booked(by=by).car, rentable_car()
    IssueReportFactory(car=grounded, severity="critical")

    found = exchange.possible(contract, now=OUT_AT + HOUR, explain=True)

    assert found.free == []
    assert {(one.car, one.refusals[0].code) for one in found.refused} == {(taken, "occupied"), (grounded, "grounded")}


def test_a_class_that_the_driver_is_too_young_for_is_not_offered() -> None:
    contract = active(by=manager(), customer=driver(birth_date=date(2004, 5, 1)))
    rentable_car(category=CategoryFactory(min_driver_age=25))

    (refused,) = exchange.possible(contract, now=OUT_AT + HOUR, explain=True).refused

    assert refused.refusals[0].code == "too_young"


def test_nothing_is_offered_once_the_rental_is_overdue() -> None:
    contract = active(by=manager())
    rentable_car()

    assert exchange.possible(contract, now=END + HOUR).free == []


def test_the_page_offers_what_is_free_and_says_why_not_the_others() -> None:
    by = manager()
    contract, taken, spare = active(by=by), booked(by=by).car, rentable_car()
    client, _user = client_in("agent")

    offered = text(client.get(step(contract, "swap")))
    explained = text(client.get(step(contract, "swap"), {"why": "1"}))

    assert f'value="{spare.pk}"' in offered
    assert f'value="{taken.pk}"' not in offered
    assert taken.license_plate in explained
