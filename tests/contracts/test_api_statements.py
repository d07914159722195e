"""What a request costs the database: statements are counted, so that none creeps in."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.rules import RULES
from tests.contracts.api import BACK, CONTRACTS, FULL, Desk, booking
from tests.factories import contracts as given
from tests.factories.accounts import client_of
from tests.factories.cars import BranchFactory
from tests.factories.contracts import BACK_AT, END, START

pytestmark = pytest.mark.django_db
AVAILABILITY = "/api/v1/cars/availability/"
SPAN = {"start": START.isoformat(), "end": END.isoformat()}
LATER = (END + timedelta(days=2)).isoformat()
DENT = {"panel": "roof", "kind": "dent", "estimate": "80.00"}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def cost(desk: Desk, method: str, path: str, body: Any = None, **headers: str) -> int:
    """Return the number of statements of one request, from the log-in to the answer.

    Everything that is sent counts, savepoints and the two of the transaction itself too.
    """
    with time_machine.travel(desk.at, tick=False):
        client = client_of(desk.user)
        client.get("/api/v1/auth/me/")  # whatever a process reads once
        ContentType.objects.get_for_models(*RULES)
        with CaptureQueriesContext(connection) as captured:
            response = getattr(client, method)(path, body, **headers, **({} if method == "get" else {"format": "json"}))
    assert response.status_code in (200, 201), response.json()
    return len(captured)


@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize("query", ["", "?status=active&overdue=false&sort=-end_at", "?q=R-2026&branch=&limit=3"])
def test_a_page_costs_the_log_in_and_one_statement(desk: Desk, query: str, rows: int) -> None:
    for _ in range(rows):
        given.active(by=desk.user)

    assert cost(desk, "get", f"{CONTRACTS}{query}") == 2


def test_a_search_by_name_or_plate_asks_first_whose_they_are(desk: Desk) -> None:
    contract = given.active(by=desk.user)

    for words, statements in ((contract.customer.name[:4], 3), (contract.car.license_plate, 3), ("Qwertz", 2)):
        assert cost(desk, "get", f"{CONTRACTS}?q={words}") == statements


@pytest.mark.parametrize("below", ["/api/v1/cars/{0.car_id}", "/api/v1/customers/{0.customer_id}"])
def test_a_list_below_a_row_looks_for_that_row_first(desk: Desk, below: str) -> None:
    contract = given.booked(by=desk.user)

    assert cost(desk, "get", f"{below.format(contract)}/contracts/") == 3


@pytest.mark.parametrize("swaps", [0, 2])
def test_a_whole_contract_costs_one_statement_however_much_belongs_to_it(desk: Desk, swaps: int) -> None:
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


def test_a_quote_and_a_booking_stay_within_their_budgets(desk: Desk) -> None:
    body = booking(given.rentable_car(), customer=str(given.driver().pk))

    assert cost(desk, "post", f"{CONTRACTS}quote/", body) == 2
    assert cost(desk, "post", CONTRACTS, {**body, "external_ref": "theirs-1"}) == 7
    assert cost(desk, "post", CONTRACTS, {**body, "external_ref": "theirs-1"}) <= 8  # again: the first contract


def test_a_booking_with_everything_costs_what_it_names_besides(desk: Desk) -> None:
    car, extra = given.rentable_car(), given.ExtraFactory(stock=3)
    body = booking(car, drivers=[str(given.driver().pk)], extras=[{"extra": extra.code, "quantity": 1}])

    assert cost(desk, "post", CONTRACTS, body) == 9  # the extra, and how many of it are left
    elsewhere = booking(given.rentable_car(), pickup_branch=str(BranchFactory().pk))
    assert cost(desk, "post", CONTRACTS, elsewhere) == 8


@pytest.mark.parametrize(
    ("name", "body", "budget"),
    [
        ("check-out", FULL, 12),
        ("cancel", {"reason": "They changed their minds."}, 9),
    ],
)
def test_a_step_from_confirmed_stays_within_its_budget(desk: Desk, name: str, body: Any, budget: int) -> None:
    contract, desk.at = given.confirmed(by=desk.user), START

    assert cost(desk, "post", f"{CONTRACTS}{contract.pk}/{name}/", body) == budget


@pytest.mark.parametrize(
    ("name", "at", "body", "budget"),
    [
        ("check-in", BACK_AT, BACK, 12),
        ("check-in", BACK_AT + timedelta(hours=5), {**BACK, "fuel_eighths": 2, "clean": False, "damages": [DENT]}, 12),
        ("extend", START, {"end_at": LATER}, 13),
    ],
)
def test_a_step_of_a_rental_stays_within_its_budget(
    desk: Desk, name: str, at: datetime, body: Any, budget: int
) -> None:
    contract = given.active(by=desk.user)
    desk.at = at

    assert cost(desk, "post", f"{CONTRACTS}{contract.pk}/{name}/", body) == budget


def test_a_confirmation_and_a_payment_stay_within_their_budgets(desk: Desk) -> None:
    path = f"{CONTRACTS}{given.booked(by=desk.user).pk}"
    card = {"kind": "payment", "method": "card", "amount": "10.00"}

    assert cost(desk, "post", f"{path}/confirm/", {"deposit": {"method": "card"}}) == 16
    assert cost(desk, "post", f"{path}/payments/", card) == 5
    assert cost(desk, "post", f"{path}/payments/", {**card, "external_id": "terminal-7"}) == 6


def test_a_swap_stays_within_its_budget(desk: Desk) -> None:
    contract, desk.at = given.active(by=desk.user), START + (END - START) / 2
    body = {"car": str(given.rentable_car().pk), "back": BACK, "out": FULL}

    assert cost(desk, "post", f"{CONTRACTS}{contract.pk}/swap/", body) == 16


def test_an_idempotency_key_costs_two_statements(desk: Desk) -> None:
    body = booking(given.rentable_car())

    assert cost(desk, "post", CONTRACTS, body, HTTP_IDEMPOTENCY_KEY="k-1") == 7 + 2
