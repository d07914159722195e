"""Today: real numbers, work with its button in the row, and nothing that the reader may not know."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import Contract
from tests.contracts.desk import client_in, page, step, text
from tests.factories.cars import InsuranceFactory
from tests.factories.contracts import (
    BACK_AT,
    START,
    active,
    booked,
    confirmed,
    driver,
    manager,
    rentable_car,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = "/admin/"
MOST_QUERIES = 14


def shown(role: str) -> str:
    return text(client_in(role)[0].get(TODAY)).split('id="content"')[1]


def numbers(role: str) -> dict[str, str]:
    tiles = client_in(role)[0].get(TODAY).context_data["tiles"]  # type: ignore[attr-defined]
    return {str(tile.words): tile.number for tile in tiles}


def late_contract(**customer: Any) -> Contract:
    return active(by=manager(), customer=driver(name="Lejla Begić", phone="+38761234567", **customer))


def test_the_numbers_are_those_of_their_lists(clock: Any) -> None:
    late_contract()
    confirmed(by=manager(), start_at=BACK_AT + timedelta(hours=6), end_at=BACK_AT + timedelta(days=2))
    booked(by=manager())
    clock.move_to(BACK_AT + timedelta(hours=5))
    client = client_in("manager")[0]

    for tile in client.get(TODAY).context_data["tiles"]:  # type: ignore[attr-defined]
        if "%" not in tile.number:
            found = client.get(tile.link).context_data["cl"].result_count  # type: ignore[attr-defined]
            assert (tile.words, str(found)) == (tile.words, tile.number)


def test_who_is_late_is_rung_and_checked_in_from_here(clock: Any) -> None:
    contract = late_contract()
    clock.move_to(BACK_AT + timedelta(hours=5))

    seen = shown("agent")

    assert "+5 h" in seen
    assert 'href="tel:+38761234567"' in seen
    assert f'href="{step(contract, "check_in")}"' in seen


def test_what_goes_out_today_has_the_button_of_its_next_step(clock: Any) -> None:
    ready, held = confirmed(by=manager()), booked(by=manager())
    clock.move_to(START - timedelta(minutes=30))

    seen = shown("agent")

    assert step(ready, "check_out") in seen
    assert step(held, "confirm") in seen


def test_papers_that_end_are_renewed_from_here() -> None:
    paper = InsuranceFactory(valid_from=date(2025, 12, 1), valid_until=date(2026, 11, 30))

    assert f"/admin/cars/insurance/{paper.pk}/renew/" in shown("manager")
    assert f"/admin/cars/insurance/{paper.pk}/renew/" not in shown("viewer")


def test_who_sees_no_personal_data_sees_no_names_and_no_phones(clock: Any) -> None:
    late_contract()
    clock.move_to(BACK_AT + timedelta(hours=5))

    seen = shown("viewer")

    assert "+5 h" in seen
    assert not [secret for secret in ("Lejla", "38761234567", "check_in") if secret in seen]


def test_a_mechanic_sees_cars_and_no_rentals(clock: Any) -> None:
    contract = late_contract()
    clock.move_to(BACK_AT + timedelta(hours=5))

    assert set(numbers("mechanic")) == {"free now", "open issues"}
    assert contract.car.license_plate not in shown("mechanic")


def test_an_empty_company_is_told_so() -> None:
    assert "Nobody is late." in shown("manager")


@pytest.mark.parametrize("role", ["admin", "manager", "agent", "mechanic", "viewer"])
def test_today_costs_the_same_however_much_there_is(role: str, clock: Any) -> None:
    client = client_in(role)[0]
    client.get(TODAY)
    costs = []
    for _ in range(2):
        for _ in range(3):
            late_contract()
            InsuranceFactory(car=rentable_car(), valid_from=date(2025, 12, 1), valid_until=date(2026, 11, 30))
        with CaptureQueriesContext(connection) as caught:
            assert client.get(TODAY).status_code == 200
        costs.append(len(caught))

    assert costs[0] == costs[1] <= MOST_QUERIES


def test_a_car_that_is_taken_is_not_in_the_list_of_free_ones(clock: Any) -> None:
    taken, free = active(by=manager()).car, rentable_car()
    clock.move_to(START + timedelta(hours=1))
    client, cars = client_in("manager")[0], page("contract").replace("contracts/contract", "cars/car")

    assert taken.license_plate not in text(client.get(cars, {"standing": "free"}))
    assert free.license_plate not in text(client.get(cars, {"standing": "taken"}))
