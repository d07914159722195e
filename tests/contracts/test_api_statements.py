"""What a request costs the database: statements are counted, so that none creeps in."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.contracts.api import BACK, CONTRACTS, FULL, Desk, booking
from tests.factories import contracts as given
from tests.factories.accounts import client_of
from tests.factories.contracts import BACK_AT, END, START

pytestmark = pytest.mark.django_db
AVAILABILITY = "/api/v1/cars/availability/"
SPAN = {"start": START.isoformat(), "end": END.isoformat()}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def cost(desk: Desk, method: str, path: str, body: Any = None) -> int:
    """Return the number of statements of one request: log-in and savepoints included."""
    with time_machine.travel(desk.at, tick=False):
        client = client_of(desk.user)
        client.get("/api/v1/auth/me/")  # whatever a process reads once
        with CaptureQueriesContext(connection) as captured:
            response = getattr(client, method)(path, body)
    assert response.status_code in (200, 201), response.json()
    return len(captured)


@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize("query", ["", "?status=active&overdue=false&sort=-end_at", "?q=R-2026&branch=&limit=3"])
def test_a_page_costs_the_log_in_and_one_statement(desk: Desk, query: str, rows: int) -> None:
    for _ in range(rows):
        given.active(by=desk.user)

    assert cost(desk, "get", f"{CONTRACTS}{query}") == 2


@pytest.mark.parametrize("words", ["Amra", "A12"])
def test_a_search_by_name_or_plate_asks_first_whose_they_are(desk: Desk, words: str) -> None:
    given.active(by=desk.user)

    assert cost(desk, "get", f"{CONTRACTS}?q={words}") == 3


@pytest.mark.parametrize("below", ["/api/v1/cars/{0.car_id}", "/api/v1/customers/{0.customer_id}"])
def test_a_list_below_a_row_looks_for_that_row_first(desk: Desk, below: str) -> None:
    contract = given.booked(by=desk.user)

    assert cost(desk, "get", f"{below.format(contract)}/contracts/") == 3


@pytest.mark.parametrize("swaps", [0, 2])
def test_a_whole_contract_costs_the_log_in_and_one_statement(desk: Desk, swaps: int) -> None:
    contract, desk.at = given.active(by=desk.user), BACK_AT
    for number in range(swaps):
        desk.at = START + (number + 1) * (END - START) / 4
        car = str(given.rentable_car().pk)
        assert desk.step(contract, "swap", car=car, back=BACK, out=FULL).status_code == 200

    assert cost(desk, "get", f"{CONTRACTS}{contract.pk}/") == 2


@pytest.mark.parametrize("cars", [1, 5])
@pytest.mark.parametrize("explain", ["false", "true"])
def test_a_search_costs_one_statement_with_reasons_and_alternatives_too(desk: Desk, cars: int, explain: str) -> None:
    found = [given.rentable_car() for _ in range(cars)]
    for category in ("", found[0].category.code, str(found[0].category_id)):
        narrow = {"category": category, "branch": str(found[0].branch_id)} if category else {}

        assert cost(desk, "get", AVAILABILITY, {**SPAN, "explain": explain, **narrow}) == 2


def test_a_quote_and_a_booking_cost_no_more_than_today(desk: Desk) -> None:
    body = booking(given.rentable_car(), customer=str(given.driver().pk))

    assert cost(desk, "post", f"{CONTRACTS}quote/", body) <= 5
    assert cost(desk, "post", CONTRACTS, body) <= 14


def test_a_check_out_and_a_check_in_cost_no_more_than_today(desk: Desk) -> None:
    contract, desk.at = given.confirmed(by=desk.user), START
    path = f"{CONTRACTS}{contract.pk}"
    out = cost(desk, "post", f"{path}/check-out/", FULL)
    desk.at = BACK_AT

    assert out <= 22
    assert cost(desk, "post", f"{path}/check-in/", BACK) <= 22
