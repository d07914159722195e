"""Extras, charges and payments at the API."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.roles import ROLES
from contracts.handover import Seen
from contracts.models import Contract, Payment
from tests.contracts.api import NOBODY, Desk, error
from tests.factories import contracts as given

pytestmark = pytest.mark.django_db
PAYMENTS, CHARGES, EXTRAS = "/api/v1/payments/", "/api/v1/charges/", "/api/v1/extras/"
CASH = {"kind": "payment", "method": "cash", "amount": "50.00"}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def dirty(desk: Desk) -> Contract:
    return given.returned(by=desk.user, back=Seen(odometer_km=1_300, fuel_eighths=6, clean=False))


def test_the_charges_of_a_contract_are_listed(desk: Desk) -> None:
    contract, _other = dirty(desk), dirty(desk)
    below = desk.get(f"{contract.pk}/charges/").json()["data"]

    assert {one["kind"] for one in below} == {"fuel", "cleaning"}
    assert desk.get(CHARGES, {"contract": str(contract.pk)}).json()["data"] == below
    assert desk.get(CHARGES, {"status": "accepted"}).json()["data"] == []


def test_an_accepted_charge_is_on_the_bill(desk: Desk) -> None:
    contract = dirty(desk)
    charge = contract.charges.get(kind="cleaning")
    shown = desk.post(f"{CHARGES}{charge.pk}/accept/").json()

    assert (shown["status"], shown["amount"]) == ("accepted", "40.00")
    assert str(contract.lines.get(kind="cleaning").pk) == shown["line"]
    assert desk.get(contract).json()["total"] == "160.00"
    assert error(desk.post(f"{CHARGES}{charge.pk}/accept/")) == (409, "illegal_step")


def test_a_waived_charge_keeps_its_reason(desk: Desk) -> None:
    charge = dirty(desk).charges.get(kind="fuel")
    short = desk.post(f"{CHARGES}{charge.pk}/waive/", {"reason": "nice"})
    shown = desk.post(f"{CHARGES}{charge.pk}/waive/", {"reason": "The pump was closed."}).json()

    assert error(short) == (422, "reason_too_short")
    assert (shown["status"], shown["reason"], shown["line"]) == ("waived", "The pump was closed.", None)


@pytest.mark.parametrize(
    ("path", "body", "allowed"),
    [
        (f"{CHARGES}{NOBODY}/accept/", {}, {"admin", "manager", "agent"}),
        (f"{CHARGES}{NOBODY}/waive/", {"reason": "x"}, {"admin", "manager"}),
        (f"{NOBODY}/payments/", CASH, {"admin", "manager", "agent", "accountant"}),
        (EXTRAS, {}, {"admin", "manager"}),
    ],
)
def test_money_is_not_for_everybody(path: str, body: Any, allowed: set[str]) -> None:
    answers = {role: Desk(role).post(path, body).status_code for role in ROLES}

    assert {role for role, status in answers.items() if status != 403} == allowed


def test_a_payment_is_recorded_below_its_contract(desk: Desk) -> None:
    contract = given.booked(by=desk.user)
    response = desk.post(f"{contract.pk}/payments/", {**CASH, "note": "At the door"})
    shown = response.json()

    assert (response.status_code, shown["amount"], shown["contract"]) == (201, "50.00", str(contract.pk))
    assert desk.get(response["Location"].removeprefix("http://testserver")).json() == shown
    assert desk.get(contract).json()["balance"] == "70.00"


def test_a_payment_names_its_contract(desk: Desk) -> None:
    contract = given.booked(by=desk.user)

    assert desk.post(PAYMENTS, {**CASH, "contract": str(contract.pk)}).status_code == 201
    assert error(desk.post(PAYMENTS, {**CASH, "contract": NOBODY})) == (422, "unknown_contract")


def test_an_external_id_that_comes_again_is_booked_once(desk: Desk) -> None:
    contract = given.booked(by=desk.user)
    body = {**CASH, "method": "card", "external_id": "T-1"}
    first, again = desk.post(f"{contract.pk}/payments/", body), desk.post(f"{contract.pk}/payments/", body)
    other = desk.post(f"{given.booked(by=desk.user).pk}/payments/", body)

    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    assert error(other) == (409, "payment_exists")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("refund", "refund_above_paid"),
        ("deposit_release", "deposit_above_held"),
        ("deposit_capture", "deposit_above_held"),
    ],
)
def test_more_than_there_is_does_not_go_out(desk: Desk, kind: str, code: str) -> None:
    contract = given.booked(by=desk.user)

    assert error(desk.post(f"{contract.pk}/payments/", {**CASH, "kind": kind})) == (409, code)


@pytest.mark.parametrize("kind", ["refund", "deposit_capture"])
def test_an_agent_takes_money_but_does_not_give_it(desk: Desk, kind: str) -> None:
    contract = given.confirmed(by=desk.user)

    assert error(Desk("agent").post(f"{contract.pk}/payments/", {**CASH, "kind": kind})) == (403, "not_allowed")


def test_payments_are_filtered(desk: Desk) -> None:
    contract = given.confirmed(by=desk.user)
    desk.at += timedelta(hours=2)
    paid = desk.post(f"{contract.pk}/payments/", CASH).json()
    since = {"from": (desk.at - timedelta(hours=1)).isoformat()}

    for query in ({"kind": "payment"}, {"method": "cash"}, since, {"contract": str(contract.pk), "kind": "payment"}):
        assert desk.get(PAYMENTS, query).json()["data"] == [paid]
    assert len(desk.get(f"{contract.pk}/payments/").json()["data"]) == 2


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_payment_is_never_changed(desk: Desk, method: str) -> None:
    contract = given.confirmed(by=desk.user)

    assert desk.call(method, f"{PAYMENTS}{contract.payments.get().pk}/", {}).status_code == 405


def test_extras_are_kept_by_the_house_and_seen_by_programs(desk: Desk) -> None:
    body = {"code": "roof_box", "name": "Roof box", "charge": "per_rental", "price": "25.00", "stock": 4}
    made = desk.post(EXTRAS, body)
    path = f"{EXTRAS}{made.json()['id']}/"

    assert (made.status_code, made.json()["price"]) == (201, "25.00")
    assert desk.patch(path, {"price": "30.00"}).json()["price"] == "30.00"
    assert [one["code"] for one in Desk("integrator").get(EXTRAS, {"is_active": "true"}).json()["data"]] == ["roof_box"]
    assert desk.call("delete", path, HTTP_IF_MATCH="*").status_code == 204


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"code": "SEAT"}, 422, "invalid"),
        ({"code": "seat"}, 409, "code_taken"),
        ({"price": "-1.00"}, 422, "invalid"),
        ({"price": "1.999"}, 422, "invalid"),
        ({"max_quantity": 0}, 422, "invalid"),
        ({"stock": -1}, 422, "invalid"),
        ({"created_by": NOBODY}, 422, "invalid"),
    ],
)
def test_an_extra_that_breaks_a_rule_is_refused(desk: Desk, fields: Any, status: int, code: str) -> None:
    given.ExtraFactory(code="seat")
    body = {"code": "box", "name": "Box", "charge": "per_day", "price": "1.00", **fields}

    assert error(desk.post(EXTRAS, body)) == (status, code)


def test_an_extra_that_was_rented_is_not_deleted(desk: Desk) -> None:
    seat = given.ExtraFactory(code="seat")
    given.booked(by=desk.user, extras=[("seat", 1)])

    assert error(desk.call("delete", f"{EXTRAS}{seat.pk}/", HTTP_IF_MATCH="*")) == (409, "protected")


def test_money_is_text_with_two_decimals(desk: Desk) -> None:
    contract = dirty(desk)
    shown = desk.get(contract).json()

    amounts = [
        shown["total"],
        shown["balance"],
        shown["deposit"],
        shown["lines"][0]["amount"],
        shown["charges"][0]["amount"],
    ]
    assert all(isinstance(one, str) and Decimal(one).as_tuple().exponent == -2 for one in amounts)
