"""What the predecessor's people could do with contracts and bookings, which here are one thing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.http import urlencode

from contracts import tasks
from contracts.models import Contract
from tests.contracts.api import BACK, FULL, Desk, booking, codes, error
from tests.factories import contracts as given
from tests.factories.contracts import BACK_AT, END, NOW, START

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WHOLE = {"pickup_place": "Airport", "return_place": "Hotel Europe"}
ON_THE_MAP = {"pickup_position": "43.824600,18.331500", "return_position": "43.859,18.4273"}


@pytest.fixture
def desk() -> Desk:
    return Desk("manager")


def ok(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.json()
    return response.json()


def found(desk: Desk, **query: Any) -> set[str]:
    query = {name.rstrip("_"): value for name, value in query.items()}
    return {one["reference"] for one in ok(desk.get("", query))["data"]}


# Contracts


def test_contracts_crud(desk: Desk) -> None:
    made = ok(desk.post("", booking(given.rentable_car(), notes="Calls back")), 201)
    one = f"{made['id']}/"

    assert ok(desk.patch(one, {"notes": "Called back"}))["notes"] == "Called back"
    assert ok(desk.get(one))["reference"] == made["reference"]
    assert desk.call("delete", one, HTTP_IF_MATCH="*").status_code == 405  # nothing that was agreed disappears
    assert ok(desk.post(f"{one}cancel/", {"reason": "The customer has changed his mind."}))["status"] == "cancelled"


def test_availability_check(desk: Desk) -> None:
    taken, free = given.booked(by=desk.user).car, given.rentable_car()
    path = f"/api/v1/cars/availability/?{urlencode({'start': START.isoformat(), 'end': END.isoformat()})}"

    offered = {one["car"]["id"] for one in ok(desk.get(path))["free"]}

    assert str(free.pk) in offered
    assert str(taken.pk) not in offered


def test_contracts_by_range(desk: Desk) -> None:
    early = given.booked(by=desk.user)
    late = given.booked(by=desk.user, start_at=START + 10 * DAY, end_at=END + 10 * DAY)

    inside = found(desk, from_=(START + DAY).isoformat(), to=(END + DAY).isoformat())

    assert inside == {early.reference}
    assert found(desk, from_=START.isoformat(), to=(END + 20 * DAY).isoformat()) == {early.reference, late.reference}


def test_contracts_active_expiring_and_expired(desk: Desk) -> None:
    active, booked = given.active(by=desk.user), given.booked(by=desk.user)
    desk.at = END - DAY

    assert found(desk, status="active") == {active.reference}
    assert found(desk, status="active", ends_within=2) == {active.reference}
    tasks.expire_holds(now=NOW + 8 * DAY)
    assert found(desk, status="expired") == {booked.reference}
    desk.at = END + DAY
    assert found(desk, overdue="true") == {active.reference}


def test_contracts_of_a_car_and_of_a_customer(desk: Desk) -> None:
    contract = given.booked(by=desk.user)
    given.booked(by=desk.user)

    assert found(desk, car=contract.car_id) == found(desk, customer=contract.customer_id) == {contract.reference}


# Bookings: the same contract in its youth


def test_booking_create_page_and_filters(desk: Desk) -> None:
    made = [given.booked(by=desk.user).reference for _ in range(3)]

    first = ok(desk.get("", {"limit": 2, "status": "pending"}))
    rest = ok(desk.get(first["next_cursor"] and f"?limit=2&status=pending&cursor={first['next_cursor']}"))

    assert (len(first["data"]), first["has_more"], rest["has_more"]) == (2, True, False)
    assert {one["reference"] for one in (*first["data"], *rest["data"])} == set(made)
    assert found(desk, q=made[1]) == {made[1]}
    assert found(desk, channel="web") == set()


def test_booking_confirm_with_deposit(desk: Desk) -> None:
    contract = given.booked(by=desk.user)
    assert contract.deposit > 0

    assert error(desk.step(contract, "confirm"))[0] == 409
    confirmed = ok(desk.step(contract, "confirm", deposit={"method": "card"}))

    assert (confirmed["status"], Decimal(confirmed["held"])) == ("confirmed", contract.deposit)


def test_booking_cancel_with_reason(desk: Desk) -> None:
    contract = given.confirmed(by=desk.user)

    assert desk.step(contract, "cancel").status_code == 422
    ok(desk.step(contract, "cancel", reason="The flight was cancelled."))

    assert Contract.objects.get(pk=contract.pk).cancel_reason == "The flight was cancelled."
    ok(desk.post("", booking(contract.car)), 201)  # its days are free again


def test_booking_convert_is_no_step_of_its_own(desk: Desk) -> None:
    contract = given.confirmed(by=desk.user)
    desk.at = START

    out = ok(desk.step(contract, "check-out", **FULL))

    assert (out["id"], out["reference"], out["status"]) == (str(contract.pk), contract.reference, "active")


def test_booking_upcoming(desk: Desk) -> None:
    soon = given.confirmed(by=desk.user)
    given.confirmed(by=desk.user, start_at=START + 30 * DAY, end_at=END + 30 * DAY)

    assert found(desk, status="confirmed", starts_within=7) == {soon.reference}


def test_booking_expiring_holds_and_expiry_job(desk: Desk) -> None:
    held = given.booked(by=desk.user)
    shown = ok(desk.get(held))["hold_expires_at"]
    due = ok(desk.get("/api/v1/due/", {"subject": "hold", "within": 30}))["data"]

    assert shown
    assert [held.reference in str(one) for one in due] == [True]
    assert tasks.expire_holds(now=NOW + 8 * DAY) == 1
    assert ok(desk.get(held))["status"] == "expired"


def test_booking_extras(desk: Desk) -> None:
    seat = given.ExtraFactory(code="child_seat")

    made = ok(desk.post("", booking(given.rentable_car(), extras=[{"extra": "child_seat", "quantity": 2}])), 201)

    assert [(line["extra"], line["amount"]) for line in made["lines"] if line["extra"]] == [(str(seat.pk), "30.00")]


def test_booking_pick_up_and_drop_off_place_and_coordinates(desk: Desk) -> None:
    made = ok(desk.post("", booking(given.rentable_car(), **WHOLE, **ON_THE_MAP)), 201)

    assert {name: made[name] for name in (*WHOLE, *ON_THE_MAP)} == {**WHOLE, **ON_THE_MAP}
    moved = ok(desk.patch(f"{made['id']}/", {"return_position": "43.8,18.3"}))
    assert moved["return_position"] == "43.8,18.3"


@pytest.mark.parametrize("position", ["91,18", "43.8", "43.8,181", "43.8;18.3", "north,east", "43.8,18.3,0", "1e1,2"])
def test_a_place_that_is_not_on_earth_is_refused(position: str, desk: Desk) -> None:
    refused = desk.post("", booking(given.rentable_car(), pickup_position=position))

    assert error(refused) == (422, "invalid")
    assert refused.json()["errors"][0]["pointer"] == "/pickup_position"


def test_booking_additional_drivers(desk: Desk) -> None:
    payer, second = given.driver(), given.driver()
    who = {"customer": str(payer.pk), "drivers": [str(payer.pk), str(second.pk)]}

    made = ok(desk.post("", booking(given.rentable_car(), **who)), 201)

    assert {one["id"] for one in made["drivers"]} == {str(payer.pk), str(second.pk)}


# What it did badly


def test_bookings_and_contracts_see_each_others_dates(desk: Desk) -> None:
    out = given.active(by=desk.user)
    held = given.booked(by=desk.user)

    assert codes(desk.post("", booking(out.car))) == {"occupied"}
    assert codes(desk.post("", booking(held.car))) == {"occupied"}


@pytest.mark.parametrize("name", ["total", "daily_rate", "deposit", "status", "created_by", "currency", "paid"])
def test_prices_totals_deposits_status_and_actor_are_not_the_clients(name: str, desk: Desk) -> None:
    refused = desk.post("", booking(given.rentable_car(), **{name: "1.00"}))

    assert error(refused) == (422, "invalid")
    assert refused.json()["errors"][0]["pointer"] == f"/{name}"


def test_a_paid_booking_does_not_expire_before_pick_up(desk: Desk) -> None:
    contract = given.booked(by=desk.user)
    money = {"kind": "payment", "method": "cash", "amount": "10.00"}
    ok(desk.post(f"{contract.pk}/payments/", money), 201)

    assert tasks.expire_holds(now=START - timedelta(minutes=1)) == 0
    assert ok(desk.get(contract))["status"] == "pending"


def test_money_is_never_a_float(desk: Desk) -> None:
    contract = given.active(by=desk.user)
    desk.at = BACK_AT
    ok(desk.step(contract, "check-in", **BACK))
    money = ("daily_rate", "excess_km_rate", "deposit", "total", "paid", "held", "balance")

    shown = ok(desk.get(contract))

    assert {type(shown[name]) for name in money} == {str}
    assert all(Decimal(shown[name]).as_tuple().exponent == -2 for name in money)
