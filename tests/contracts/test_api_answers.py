"""What a step answers is what a reader gets: the same bytes, the same tag, whoever asks."""

from typing import Any

import pytest

from contracts.models import Contract
from tests.contracts.api import BACK, CONTRACTS, FULL, Desk, booking
from tests.factories import contracts as given
from tests.factories.contracts import BACK_AT, END, START

pytestmark = pytest.mark.django_db
CARD = {"method": "card"}


def as_read(desk: Desk, answer: Any) -> None:
    assert answer.status_code in (200, 201), answer.json()
    read = desk.get(f"{CONTRACTS}{answer.json()['id']}/")
    assert read.content == answer.content
    assert read["ETag"] == answer["ETag"]


@pytest.mark.parametrize("role", ["manager", "agent", "integrator"])
def test_a_booking_and_its_confirmation_answer_what_is_read_afterwards(role: str) -> None:
    desk = Desk(role)
    mine, extra = given.driver(created_by=desk.user), given.ExtraFactory()
    body = booking(given.rentable_car(), customer=str(mine.pk), extras=[{"extra": extra.code, "quantity": 2}])
    booked = desk.post(CONTRACTS, {**body, "drivers": [str(mine.pk)]})
    as_read(desk, booked)

    if role != "integrator":
        as_read(desk, desk.post(f"{booked.json()['id']}/confirm/", {"deposit": CARD}))


def test_every_step_of_a_rental_answers_what_is_read_afterwards() -> None:
    desk = Desk()
    contract, desk.at = given.confirmed(by=desk.user), START
    as_read(desk, desk.step(contract, "check-out", **FULL))
    as_read(desk, desk.step(contract, "extend", end_at=END.replace(hour=20).isoformat()))
    car = str(given.rentable_car().pk)
    as_read(desk, desk.step(contract, "swap", car=car, back=BACK, out=FULL))
    desk.at = BACK_AT
    dirty = {**BACK, "odometer_km": 9_000, "fuel_eighths": 3, "clean": False}
    as_read(desk, desk.step(contract, "check-in", **dirty))


def test_a_payment_answers_what_is_read_afterwards() -> None:
    desk = Desk()
    contract = given.booked(by=desk.user)
    paid = desk.post(f"{contract.pk}/payments/", {"kind": "payment", "amount": "12.5", **CARD})
    read = desk.get(f"/api/v1/payments/{paid.json()['id']}/")

    assert read.content == paid.content
    assert read["ETag"] == paid["ETag"]


def test_who_may_see_less_is_answered_less_on_the_same_thread() -> None:
    contract = given.active(by=given.manager())
    whole, less = (Desk(role, at=START).get(contract).json() for role in ("manager", "viewer"))

    assert whole["payments"]
    assert whole["customer"]["phone"] != less["customer"]["phone"]
    assert Contract.objects.count() == 1
