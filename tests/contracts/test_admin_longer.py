"""A later end: until when the car may stay out, what it adds, and what is said afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.models import Contract
from tests.contracts.desk import SARAJEVO, at, client_in, step, text
from tests.factories.contracts import END, OUT_AT, ExtraFactory, active, booked, manager

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Iterator[Any]:
    settings.SESSION_COOKIE_AGE = 90 * 24 * 3600  # nobody is logged out while the days fly
    with time_machine.travel(OUT_AT + timedelta(hours=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def agent() -> Client:
    return client_in("agent")[0]


def asked(end: Any) -> dict[str, str]:
    return {"end": f"{end.astimezone(SARAJEVO):%Y-%m-%dT%H:%M}"}


def price(contract: Contract) -> str:
    return f"/admin/rentals/{contract.pk}/longer/"


def test_the_page_says_until_when_the_car_is_free(agent: Client) -> None:
    by = manager()
    contract = active(by=by)
    assert "nobody has booked the car after that" in text(agent.get(step(contract, "extend")))

    booked(by=by, car=contract.car, start_at=END + 3 * DAY, end_at=END + 4 * DAY)

    assert "free until 01.12.2026 09:00" in text(agent.get(step(contract, "extend")))  # an hour to make it ready


def test_quick_choices_show_what_they_add_before_they_are_taken(agent: Client) -> None:
    contract = active(by=manager(), extras=[(ExtraFactory(code="seat").code, 1)])

    shown = text(agent.get(step(contract, "extend"), asked(END + 3 * DAY)))

    assert shown.count('class="fleet-chip"') == 3
    assert f"{3 * contract.daily_rate + 15:.2f}" in shown
    assert f"{contract.total + 3 * contract.daily_rate + 15:.2f}" in shown
    assert Contract.objects.get(pk=contract.pk).end_at == END


def test_what_is_typed_is_priced_and_what_speaks_against_it_is_said(agent: Client) -> None:
    by = manager()
    contract = active(by=by)
    booked(by=by, car=contract.car, start_at=END + 3 * DAY, end_at=END + 4 * DAY)

    assert f"{contract.total + contract.daily_rate:.2f}" in text(agent.post(price(contract), at("end_at", END + DAY)))
    assert "is taken (rental)" in text(agent.post(price(contract), at("end_at", END + 4 * DAY)))
    assert "must be after the agreed one" in text(agent.post(price(contract), at("end_at", END - DAY)))
    assert "to see what it adds" in text(agent.post(price(contract), {"end_at_0": "soon"}))


def test_the_message_names_the_new_end_and_the_new_total(agent: Client) -> None:
    contract = active(by=manager())

    shown = text(agent.post(step(contract, "extend"), at("end_at", END + DAY), follow=True))

    assert f"is extended to 29.11.2026 10:00; the total is now {contract.total + contract.daily_rate:.2f} EUR." in shown


def test_a_rental_that_is_late_is_counted_on_from_today(agent: Client, clock: Any) -> None:
    contract = active(by=manager())
    clock.move_to(END + 2 * DAY)

    assert asked(END + 3 * DAY)["end"] in text(agent.get(step(contract, "extend")))


def test_who_may_not_extend_asks_no_price() -> None:
    assert client_in("viewer")[0].post(price(active(by=manager())), {}).status_code == 403
