"""Booking and quoting at the API, for people and for programs."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracts.models import Contract, Extra
from customers.models import Customer
from notifications.models import Event
from tests.contracts.api import CONTRACTS, NOBODY, Desk, booking, codes, error
from tests.factories import contracts as given
from tests.factories.accounts import ApiKeyFactory, client_with
from tests.factories.cars import BranchFactory, IssueReportFactory
from tests.factories.contracts import END, NOW, START
from tests.factories.customers import FlagFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def desk() -> Desk:
    return Desk("agent")


@pytest.fixture
def program() -> Desk:
    return Desk("integrator")


def customer_of(desk: Desk, **fields: Any) -> Customer:
    return given.driver(created_by=desk.user, **fields)


def test_booking_answers_the_contract_its_place_and_its_tag(desk: Desk) -> None:
    car = given.rentable_car()
    response = desk.post("", booking(car, pickup_place="Airport", notes="VIP"))
    shown = response.json()

    assert (response.status_code, shown["reference"]) == (201, "R-2026-000001")
    assert response["Location"] == f"http://testserver{CONTRACTS}{shown['id']}/"
    assert response["ETag"].startswith('"1.')
    assert (shown["car"]["id"], shown["channel"], shown["pickup_place"]) == (str(car.pk), "counter", "Airport")
    assert (shown["start_at"], shown["total"], shown["balance"]) == ("2026-11-25T09:00:00Z", "120.00", "120.00")


def test_a_booking_tells_the_audit_trail_and_the_outbox_who_did_it(desk: Desk) -> None:
    pk = desk.post("", booking(given.rentable_car())).json()["id"]

    assert Contract.objects.get(pk=pk).created_by == desk.user
    assert Event.objects.get().type == "contract.booked"


def test_a_car_that_is_taken_is_refused_with_the_reason_and_nothing_is_written(desk: Desk) -> None:
    first = given.booked(by=desk.user)
    response = desk.post("", booking(first.car))

    assert (error(response), codes(response)) == ((409, "not_rentable"), {"occupied"})
    assert response.json()["refusals"][0]["subject"] == "cars.occupancy"
    assert Contract.objects.count() == 1


@pytest.mark.parametrize("role", ["mechanic", "accountant", "auditor", "viewer"])
def test_only_who_may_book_books(role: str) -> None:
    body = booking(given.rentable_car())

    assert error(Desk(role).post("", body)) == (403, "not_allowed")
    assert error(Desk(role).post("quote/", body)) == (403, "not_allowed")


def test_extras_are_named_by_code_or_id(desk: Desk) -> None:
    seat, box = given.ExtraFactory(code="seat"), given.ExtraFactory(code="box", charge=Extra.Charge.PER_RENTAL)
    extras = [{"extra": "seat", "quantity": 2}, {"extra": str(box.pk)}]

    shown = desk.post("", booking(given.rentable_car(), extras=extras)).json()

    assert [(one["extra"], one["amount"]) for one in shown["lines"][1:]] == [
        (str(seat.pk), "30.00"),
        (str(box.pk), "5.00"),
    ]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"extras": [{"extra": "nothing"}]}, 422, "unknown_extra"),
        ({"extras": [{"extra": "seat", "quantity": 9}]}, 422, "extra_quantity"),
        ({"extras": [{"extra": "seat"}, {"extra": "seat"}]}, 422, "extra_twice"),
        ({"extras": [{"extra": "seat", "quantity": 3}]}, 409, "out_of_stock"),
        ({"pickup_branch": NOBODY}, 422, "unknown_branch"),
        ({"customer": NOBODY}, 422, "unknown_customer"),
        ({"drivers": [NOBODY]}, 422, "unknown_customer"),
    ],
)
def test_what_does_not_exist_is_refused_by_code(desk: Desk, fields: Any, status: int, code: str) -> None:
    given.ExtraFactory(code="seat", stock=2)

    assert error(desk.post("", booking(given.rentable_car(), **fields))) == (status, code)
    assert not Contract.objects.exists()


def test_a_rental_may_end_at_another_branch(desk: Desk) -> None:
    back = BranchFactory(name="Mostar")

    shown = desk.post("", booking(given.rentable_car(), return_branch=str(back.pk))).json()

    assert (shown["pickup_branch"]["name"], shown["return_branch"]["name"]) == ("Sarajevo", "Mostar")


def test_a_repeated_external_reference_answers_the_first_contract(program: Desk) -> None:
    body = booking(given.rentable_car(), external_ref="web-1", customer=str(customer_of(program).pk))
    first = program.post("", body)
    again = program.post("", body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]


def test_an_external_reference_of_another_booking_is_refused(program: Desk) -> None:
    car = given.rentable_car()
    program.post("", booking(car, external_ref="web-1"))
    other = booking(car, external_ref="web-1", end_at=(END + DAY).isoformat())

    assert error(program.post("", other)) == (409, "external_ref_taken")


def test_a_booking_that_is_sent_twice_with_a_key_is_one_booking(desk: Desk) -> None:
    body = booking(given.rentable_car())
    first, again = (desk.post("", body, HTTP_IDEMPOTENCY_KEY="b-1") for _ in range(2))

    assert (first.content, Contract.objects.count()) == (again.content, 1)
    assert error(desk.post("", {**body, "notes": "x"}, HTTP_IDEMPOTENCY_KEY="b-1")) == (422, "idempotency_key_reused")


# programs


def test_bookings_by_key_come_through_the_channel_api(program: Desk) -> None:
    issued = ApiKeyFactory.issued(role="agent")
    start = {"start_at": (given.datetime.now(tz=given.UTC) + DAY).isoformat()}
    body = booking(given.rentable_car(), **start, end_at=(given.datetime.now(tz=given.UTC) + 2 * DAY).isoformat())
    refused = client_with(issued.plain).post(CONTRACTS, {**body, "channel": "counter"})
    booked = client_with(issued.plain).post(CONTRACTS, body)

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "channel_fixed")
    assert booked.json()["channel"] == "api"
    assert program.post("", booking(given.rentable_car())).json()["channel"] == "api"


def test_a_person_names_the_channel_and_only_the_counter_books_what_has_begun(desk: Desk) -> None:
    car = given.rentable_car()
    begun = booking(car, start_at=(NOW - timedelta(hours=1)).isoformat())
    refused = desk.post("", {**begun, "channel": "phone"})

    assert codes(refused) == {"in_the_past"}
    assert desk.post("", {**begun, "channel": "counter"}).status_code == 201


def test_a_program_books_for_its_own_customers_only(program: Desk) -> None:
    theirs, other = customer_of(program), given.driver()
    car = given.rentable_car()

    for named in ({"customer": str(other.pk)}, {"drivers": [str(theirs.pk), str(other.pk)]}):
        assert error(program.post("", booking(car, **named))) == (422, "unknown_customer")
    assert program.post("", booking(car, customer=str(theirs.pk))).status_code == 201


def test_a_program_confirms_with_its_own_customers_only(program: Desk) -> None:
    contract = given.booked(by=program.user)

    assert error(program.step(contract, "confirm", customer=str(given.driver().pk))) == (422, "unknown_customer")


def test_a_program_sees_and_cancels_only_what_it_booked(program: Desk) -> None:
    mine, other = given.booked(by=program.user), given.booked(by=given.manager())
    reason = {"reason": "The customer has called it off."}

    assert [one["id"] for one in program.get("").json()["data"]] == [str(mine.pk)]
    assert error(program.get(other)) == (404, "not_found")
    assert error(program.step(other, "cancel", **reason)) == (404, "not_found")
    assert program.step(mine, "cancel", **reason).json()["status"] == "cancelled"


def test_a_program_sees_no_money_no_hand_overs_and_no_reasons_of_the_house(program: Desk) -> None:
    customer = customer_of(program)
    contract = given.booked(by=program.user, customer=customer)
    shown = program.get(contract).json()

    hidden = ("charges", "payments", "overrides", "paid", "held", "balance")
    assert {name: shown[name] for name in hidden} == dict.fromkeys(hidden)
    assert (shown["total"], len(shown["lines"])) == ("120.00", 1)
    assert shown["assignments"][0]["handovers"] is None
    assert shown["customer"]["phone"] == customer.phone


def test_a_program_does_not_read_a_customer_that_the_counter_named(program: Desk) -> None:
    contract = given.booked(by=program.user, customer=given.driver())

    assert program.get(contract).json()["customer"]["phone"].startswith("•••")


def test_a_program_does_not_read_the_words_of_a_flag(program: Desk) -> None:
    customer = customer_of(program)
    FlagFactory(customer=customer, blocking=True)
    body = booking(given.rentable_car(), customer=str(customer.pk))
    refused, quoted = program.post("", body), program.post("quote/", body)
    told = Desk("agent").post("", body)

    assert codes(refused) == codes(quoted) == codes(told) == {"do_not_rent"}
    assert "Never came back" not in refused.content.decode() + quoted.content.decode()
    assert "Never came back" in told.content.decode()


def test_a_program_overrides_nothing(program: Desk) -> None:
    car = given.rentable_car()
    IssueReportFactory(car=car, severity="high")
    override = {"code": "no_new_rentals", "reason": "Because we would like to."}

    assert error(program.post("", booking(car, overrides=[override]))) == (403, "not_allowed")


# quotes


def test_a_quote_explains_the_price_and_writes_nothing(desk: Desk) -> None:
    given.ExtraFactory(code="seat")
    body = booking(given.rentable_car(daily_rate=Decimal("55.00")), extras=[{"extra": "seat", "quantity": 2}])
    response = desk.post("quote/", body)
    shown = response.json()

    assert response.status_code == 200
    assert (shown["days"], shown["daily_rate"], shown["total"], shown["deposit"]) == (3, "55.00", "195.00", "200.00")
    assert shown["lines"][1]["explained"] == "2 × 3 days × 5.00"
    assert (shown["possible"], shown["refusals"], shown["currency"]) == (True, [], "EUR")
    assert not Contract.objects.exists()


def test_a_quote_costs_what_the_booking_costs(desk: Desk) -> None:
    given.ExtraFactory(code="seat")
    body = booking(given.rentable_car(), extras=[{"extra": "seat"}])
    quoted = desk.post("quote/", body).json()
    booked = desk.post("", body).json()

    assert quoted["total"] == booked["total"]
    assert [one["explained"] for one in quoted["lines"]] == [one["explained"] for one in booked["lines"]]


def test_a_quote_for_what_is_refused_has_a_price_and_every_reason(desk: Desk) -> None:
    given.ExtraFactory(code="seat", stock=0)
    first = given.booked(by=desk.user)
    response = desk.post("quote/", booking(first.car, extras=[{"extra": "seat"}]))

    assert codes(response) == {"occupied", "out_of_stock"}
    assert (response.json()["possible"], response.json()["total"]) == (False, "135.00")


def test_a_quote_with_only_a_warning_is_possible(desk: Desk) -> None:
    customer = given.driver()
    FlagFactory(customer=customer, kind="debt", level="warn", reason="Owes 20")
    response = desk.post("quote/", booking(given.rentable_car(), customer=str(customer.pk)))

    assert (codes(response), response.json()["possible"]) == ({"debt"}, True)


@pytest.mark.parametrize("path", ["", "quote/"])
def test_an_unknown_car_is_named(desk: Desk, path: str) -> None:
    body = {"car": NOBODY, "start_at": START.isoformat(), "end_at": END.isoformat()}
    response = desk.post(path, body)

    assert error(response) == (422, "unknown_car")
    assert response.json()["errors"][0]["pointer"] == "/car"
