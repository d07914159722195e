"""Lists and pages of contracts in the admin: found, bounded, and nothing to edit but notes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from contracts import charges, payments
from contracts.handover import Seen
from contracts.models import Contract
from tests.contracts.desk import client_in, page, text
from tests.factories.contracts import (
    BACK_AT,
    ExtraFactory,
    active,
    booked,
    closed,
    manager,
    rentable_car,
    returned,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
MOST_QUERIES = 20
MODELS = ("contract", "extra", "payment", "charge", "priceline", "assignment", "handover", "agreement")


@pytest.fixture
def by() -> User:
    return manager()


@pytest.fixture
def boss() -> Client:
    return client_in("manager")[0]


def queries(client: Client, address: str, **params: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert client.get(address, params).status_code == 200
    return len(counted)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_and_searches(model: str, by: User) -> None:
    closed(by=by)
    client = Client()
    client.force_login(User.objects.create_superuser("root"))

    assert {client.get(page(model), {"q": words}).status_code for words in ("", "R-2026", "'; --", "\x00")} == {200}


@pytest.mark.parametrize("model", MODELS[:-1])
def test_every_record_has_a_page_that_changes_nothing(model: str, by: User, boss: Client) -> None:
    ExtraFactory()
    contract = returned(by=by, back=_dirty())
    row = {"contract": contract}.get(model) or _model(model).objects.first()

    assert boss.get(page(model, "change", row.pk)).status_code == 200
    assert boss.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("words", ["reference", "plate", "customer", "external_ref"])
def test_a_contract_is_found_by_what_the_counter_knows(words: str, by: User, boss: Client) -> None:
    booked(by=by)
    wanted = booked(by=by, external_ref="OTA-9981")
    known = {
        "reference": wanted.reference.lower(),
        "plate": wanted.car.license_plate.replace("-", ""),
        "customer": str(wanted.customer),
        "external_ref": "OTA-9981",
    }

    shown = text(boss.get(page("contract"), {"q": known[words]}))

    assert wanted.reference in shown
    assert shown.count("R-2026-") < 4


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"standing": "active"}, 1),
        ({"standing": "overdue"}, 1),
        ({"standing": "pending"}, 1),
        ({"standing": "at_risk"}, 0),
        ({"standing": "going_out"}, 0),
        ({"standing": "due_back"}, 1),
        ({"standing": "nonsense"}, 2),
        ({"start_at_from": "25.11.2026", "start_at_to": "25.11.2026"}, 2),
        ({"start_at_from": "26.11.2026"}, 0),
        ({"start_at_to": "31.12.9999"}, 2),
        ({"end_at_from": "rubbish"}, 2),
    ],
)
def test_the_list_is_filtered(params: dict[str, str], found: int, by: User, boss: Client, clock: Any) -> None:
    booked(by=by)
    active(by=by)
    clock.move_to(BACK_AT + timedelta(hours=1))

    response = boss.get(page("contract"), params)

    assert response.context_data["cl"].result_count == found  # type: ignore[attr-defined]


def test_overdue_is_said_in_word_and_colour(by: User, boss: Client, clock: Any) -> None:
    contract = active(by=by)
    clock.move_to(BACK_AT + timedelta(hours=1))

    for shown in (text(boss.get(page("contract"))), text(boss.get(page("contract", "change", contract.pk)))):
        assert "overdue" in shown.split('id="main"')[1].lower()
        assert "bg-red-100" in shown or "fleet-pill is-red" in shown


def test_the_page_shows_only_the_steps_that_state_and_role_allow(by: User, boss: Client) -> None:
    contract = booked(by=by)
    viewer = client_in("viewer")[0]
    address = page("contract", "change", contract.pk)

    offered, seen = text(boss.get(address)), text(viewer.get(address))

    assert all(page("contract", name, contract.pk) in offered for name in ("confirm", "cancel", "take_payment"))
    assert all(page("contract", name, contract.pk) not in offered for name in ("check_out", "settle", "reopen"))
    assert page("contract", "confirm", contract.pk) not in seen


def test_notes_are_edited_and_nothing_else(by: User, boss: Client) -> None:
    contract = booked(by=by)
    data = {"notes": "Flight is late", "total": "1", "status": "closed", "start_at_0": "01.01.2027"}

    boss.post(page("contract", "change", contract.pk), data | _no_inlines())

    saved = Contract.objects.get(pk=contract.pk)
    assert (saved.notes, saved.status, saved.total) == ("Flight is late", "pending", contract.total)


def test_of_an_ended_contract_only_the_notes_change(by: User, boss: Client) -> None:
    contract = closed(by=by)
    data = {"notes": "Left an umbrella", "pickup_place": "Elsewhere"}

    boss.post(page("contract", "change", contract.pk), data | _no_inlines())

    saved = Contract.objects.get(pk=contract.pk)
    assert (saved.notes, saved.pickup_place) == ("Left an umbrella", "")


def test_who_sees_no_payments_sees_no_balance(by: User) -> None:
    contract = returned(by=by)
    viewer = client_in("viewer")[0]

    shown = text(viewer.get(page("contract", "change", contract.pk)))

    assert "Total" in shown
    assert "Deposit held" not in shown
    assert "to pay" not in text(viewer.get(page("contract"))).lower()


def test_a_payment_is_written_from_the_list_too(by: User, boss: Client) -> None:
    contract = returned(by=by)
    data = {"contract": str(contract.pk), "kind": "payment", "method": "cash", "amount": "20.00"}

    assert boss.get(page("payment", "add"), {"contract": "nonsense"}).status_code == 200
    assert "Select a valid choice" in text(boss.post(page("payment", "add"), data | {"contract": "nonsense"}))
    boss.post(page("payment", "add"), data)

    assert contract.payments.get(kind="payment").created_by.username == boss.get("/admin/").wsgi_request.user.username


def test_who_may_not_write_payments_gets_no_form(by: User) -> None:
    assert client_in("auditor")[0].post(page("payment", "add"), {}).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_a_list_costs_the_same_with_one_row_and_with_many(model: str, by: User) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    _life(by)
    client.get(page(model))
    one = queries(client, page(model))
    for _ in range(3):
        _life(by)

    assert queries(client, page(model)) == one <= MOST_QUERIES


def test_a_page_costs_the_same_with_little_and_with_much_on_it(by: User, boss: Client) -> None:
    contract = _life(by)
    address = page("contract", "change", contract.pk)
    boss.get(address)
    little = queries(boss, address)
    for _ in range(12):
        charges.add_line(contract.pk, kind="fine", description="Fine", amount=Decimal(1), by=by, now=BACK_AT)
        payments.record(contract.pk, kind="payment", method="cash", amount=Decimal(1), by=by, now=BACK_AT)

    assert queries(boss, address) == little <= MOST_QUERIES


def _life(by: User) -> Contract:
    contract = returned(by=by, back=_dirty(), car=rentable_car())
    payments.record(contract.pk, kind="payment", method="cash", amount=Decimal(1), by=by, now=BACK_AT)
    return contract


def _dirty() -> Seen:
    return Seen(odometer_km=1_300, fuel_eighths=6, clean=False)


def _model(name: str) -> Any:
    return apps.get_model("contracts", name)


def _no_inlines() -> dict[str, str]:
    return {
        f"{prefix}-{total}_FORMS": "0" for prefix in ("lines", "charges", "payments") for total in ("TOTAL", "INITIAL")
    }


def test_an_empty_list_says_whether_there_is_nothing_or_nothing_like_that(boss: Client) -> None:
    assert "Nothing here yet" in text(boss.get(page("contract")))

    shown = text(boss.get(page("contract"), {"q": "R-1999-000001"}))
    assert "Nothing matches" in shown
    assert "<title>Contracts" in " ".join(shown.split()).replace("<title> ", "<title>")
