"""Find a car: free ones with their price, chips with counts, and why the others are not."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.contracts.desk import client_in, text
from tests.factories.cars import CategoryFactory
from tests.factories.contracts import END, NOW, START, booked, manager, rentable_car

pytestmark = pytest.mark.django_db
FIND = "/admin/find/"
DAYS = {"start": f"{START:%Y-%m-%dT%H:%M}", "end": f"{END:%Y-%m-%dT%H:%M}"}
MOST_QUERIES = 14


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def agent() -> Client:
    return client_in("agent")[0]


def context(client: Client, **params: str) -> Any:
    return client.get(FIND, params).context_data  # type: ignore[attr-defined]


def test_free_cars_are_shown_with_price_and_a_link_that_rents_them(agent: Client) -> None:
    car, taken = rentable_car(), booked(by=manager()).car

    seen = text(agent.get(FIND, DAYS)).split('id="content"')[1]

    assert f"/admin/contracts/contract/add/?car={car.pk}&amp;start=2026-11-25T09%3A00" in seen
    assert "120.00" in seen
    assert taken.license_plate not in seen


def test_next_weekend_is_one_click_and_says_its_days(agent: Client) -> None:
    words = {one.words: one.link for one in context(agent)["presets"]}

    assert "start=2026-12-04T16%3A00&end=2026-12-06T20%3A00" in words["Next weekend · 04.12. – 06.12."]


def test_each_category_says_how_many_are_free(agent: Client) -> None:
    suv = CategoryFactory(name="SUV")
    rentable_car(category=suv), rentable_car(category=suv), rentable_car()

    counts = {one.words: one.count for one in context(agent, **DAYS)["categories"]}

    assert (counts["SUV"], counts["All"]) == (2, 3)
    assert context(agent, **DAYS, category=suv.code)["free"] == 2


def test_reasons_of_many_cars_are_turned_page_by_page(agent: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contracts.admin.find._REASONS", 1)
    plates = {booked(by=manager()).car.license_plate for _ in range(2)}
    pages = [text(agent.get(FIND, {**DAYS, "why": number})).split('id="why"')[1] for number in ("1", "2")]

    assert {plate for plate in plates for page in pages if plate in page} == plates
    assert not [page for page in pages if all(plate in page for plate in plates)]
    assert "why=2#why" in pages[0]


def test_no_free_car_says_why_and_what_comes_near(agent: Client) -> None:
    first = booked(by=manager())

    found = context(agent, **DAYS, category=first.car.category.code)

    assert [one.refusals[0].code for one in found["refused"]] == ["occupied"]
    assert "is taken (rental)" in text(agent.get(FIND, {**DAYS, "why": "1"}))


@pytest.mark.parametrize(
    "wrong", [{"start": "soon", "end": "\x00"}, {"start": DAYS["end"], "end": DAYS["start"]}, {"branch": "x"}]
)
def test_nonsense_is_answered_with_the_form(agent: Client, wrong: dict[str, str]) -> None:
    assert agent.get(FIND, wrong).status_code == 200


def test_who_may_not_see_rentals_does_not_find_it() -> None:
    assert client_in("mechanic")[0].get(FIND).status_code == 403
    assert "Rent<" not in text(client_in("viewer")[0].get(FIND, DAYS))


def test_it_costs_the_same_with_few_and_with_many_cars(agent: Client) -> None:
    agent.get(FIND, DAYS)
    costs = []
    for _ in range(2):
        for _ in range(3):
            rentable_car()
        with CaptureQueriesContext(connection) as caught:
            agent.get(FIND, DAYS)
        costs.append(len(caught))

    assert costs[0] == costs[1] <= MOST_QUERIES
