"""Renting out and taking back on one page each: everything goes through the verbs, and the bill is the server's."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from cars.models import Damage
from contracts.models import Contract, Handover
from customers.models import Customer
from files import uploads
from files.models import File
from tests.contracts.desk import at, booking, client_in, looked, step, text
from tests.factories.contracts import (
    BACK_AT,
    NOW,
    ExtraFactory,
    active,
    booked,
    confirmed,
    driver,
    manager,
    rentable_car,
)
from tests.factories.customers import FlagFactory
from tests.files.samples import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ADD = "/admin/contracts/contract/add/"
QUOTE = "/admin/rentals/quote/"
NEW = {
    "new-name": "Amila Hodžić",
    "new-phone": "+387 61 555 777",
    "new-birth_date": "01.05.1990",
    "new-licence_number": "B1234567",
    "new-licence_country": "BA",
    "new-licence_issued_on": "01.06.2010",
    "new-licence_expires_on": "01.06.2030",
}


@pytest.fixture
def desk() -> tuple[Client, User]:
    return client_in("agent")


@pytest.fixture
def agent(desk: tuple[Client, User]) -> Client:
    return desk[0]


def leaving_now(car: Any, customer: Any = None, **more: Any) -> dict[str, Any]:
    times = {**at("start_at", NOW), **at("end_at", NOW + timedelta(days=2))}
    return booking(car, customer) | times | {"then": "check_out", **more}


def test_create_and_check_out_books_confirms_and_leads_on(agent: Client) -> None:
    response = agent.post(ADD, leaving_now(rentable_car(), driver(), deposit_method="card"))

    contract = Contract.objects.get()
    assert (contract.status, contract.payments.get().kind) == ("confirmed", "deposit_hold")
    assert response["Location"] == step(contract, "check_out")


def test_without_the_deposit_nothing_is_booked(agent: Client) -> None:
    assert "The deposit of 200.00 EUR is not held" in text(agent.post(ADD, leaving_now(rentable_car(), driver())))
    assert not Contract.objects.exists()


def test_a_new_customer_is_entered_with_the_rental(agent: Client) -> None:
    agent.post(ADD, booking(rentable_car(), **NEW, **{"new-seen": "on"}))

    customer = Contract.objects.get().customer
    assert customer is not None
    assert (customer.name, customer.phone, customer.verified_at) == ("Amila Hodžić", "+38761555777", NOW)


@pytest.mark.parametrize(
    ("zone", "written", "kept"),
    [("Europe/Sarajevo", "061 123 456", "+38761123456"), ("Europe/Zagreb", "091 234 5678", "+385912345678")],
)
def test_a_phone_is_one_of_the_country_of_the_counter(agent: Client, zone: str, written: str, kept: str) -> None:
    agent.post(ADD, booking(rentable_car(branch__time_zone=zone), **NEW | {"new-phone": written}))

    assert Customer.objects.get(name="Amila Hodžić").phone == kept


def test_a_refused_rental_leaves_no_new_customer_behind(agent: Client) -> None:
    agent.post(ADD, leaving_now(rentable_car(), **NEW))  # no deposit

    assert not Customer.objects.filter(name="Amila Hodžić").exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"new-phone": "12"}, "The phone number is too short."),
        ({"new-licence_expires_on": "soon"}, "Enter a valid date."),
        ({"new-name": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_with_a_new_customer_is_said_there(agent: Client, wrong: dict[str, str], sentence: str) -> None:
    assert sentence in text(agent.post(ADD, booking(rentable_car(), **NEW | wrong)))
    assert not Contract.objects.exists()


def test_either_a_known_customer_or_a_new_one(agent: Client) -> None:
    assert "not both" in text(agent.post(ADD, booking(rentable_car(), driver(), **NEW)))


def test_the_price_is_counted_while_the_form_is_filled_in(agent: Client) -> None:
    ExtraFactory(code="child_seat")

    seen = text(agent.post(QUOTE, booking(rentable_car(), **{"extra-child_seat": "1"})))

    assert "135.00" in seen
    assert "200.00" in seen
    assert not Contract.objects.exists()


def test_the_price_comes_with_what_speaks_against_it(agent: Client) -> None:
    contract = active(by=manager())

    assert "is taken (rental)" in text(agent.post(QUOTE, booking(contract.car)))
    assert "to see the price" in text(agent.post(QUOTE, {"car": "nonsense", "extra-x": "\x00"}))


def test_a_new_customer_who_may_be_known_is_named(agent: Client) -> None:
    known = driver(name="Amila Hodzic", phone="+38761555777")

    assert f'data-pick="{known.pk}"' in text(agent.post(QUOTE, booking(rentable_car(), **NEW)))


def test_who_may_not_book_asks_no_price() -> None:
    assert client_in("viewer")[0].post(QUOTE, {}).status_code == 403


def test_the_bill_of_a_return_is_known_before_it_is_written(agent: Client, clock: Any) -> None:
    contract = active(by=manager())
    clock.move_to(BACK_AT + timedelta(hours=3))
    sent = looked("back", 1_100, fuel=6) | {
        "back-damages-0-panel": "roof",
        "back-damages-0-kind": "dent",
        "back-damages-0-estimate": "80.00",
    }

    foreseen = text(agent.post(f"/admin/rentals/{contract.pk}/charges/", sent))
    agent.post(step(contract, "check_in"), sent)

    charges = list(contract.charges.all())
    assert {charge.kind for charge in charges} == {"late", "fuel", "damage"}
    assert all(str(charge.amount) in foreseen for charge in charges)


@pytest.mark.parametrize("sent", [{}, {"back-odometer_km": "many"}, {"back-damages-0-estimate": "NaN"}])
def test_the_bill_is_shown_whatever_is_typed(agent: Client, sent: dict[str, str]) -> None:
    contract = active(by=manager())

    assert agent.post(f"/admin/rentals/{contract.pk}/charges/", sent).status_code == 200


@pytest.mark.parametrize(
    ("role", "how", "status"),
    [
        ("agent", {"decide": "accept"}, "accepted"),
        ("agent", {}, "proposed"),
        ("manager", {"decide": "waive"}, "waived"),
    ],
)
def test_charges_are_decided_with_the_return(role: str, how: dict[str, str], status: str, clock: Any) -> None:
    contract = active(by=manager())
    clock.move_to(BACK_AT)
    client = client_in(role)[0]

    client.post(step(contract, "check_in"), looked("back", 1_100, fuel=6) | how | {"why": "A guest of the house"})

    assert contract.charges.get().status == status


def test_each_charge_is_decided_apart_as_it_arises_and_the_deposit_goes_back(clock: Any) -> None:
    contract = active(by=manager())
    clock.move_to(BACK_AT + timedelta(hours=3))
    client = client_in("manager")[0]
    sent = looked("back", 1_100, fuel=6) | {
        "decide": "accept",
        "charge-late-1": "waive",
        "why": "The bridge was closed",
    }

    shown = text(client.post(f"/admin/rentals/{contract.pk}/charges/", sent))
    client.post(step(contract, "check_in"), sent | {"charge-fuel-1": "later", "release_deposit": "on"})

    assert '<option value="waive" selected>' in shown
    assert dict(contract.charges.values_list("kind", "status")) == {"late": "waived", "fuel": "proposed"}
    assert contract.payments.sums()[1] == 0


def test_what_may_not_be_chosen_for_a_charge_is_as_if_it_were_not_said(agent: Client, clock: Any) -> None:
    contract = active(by=manager())
    clock.move_to(BACK_AT)
    sent = looked("back", 1_100, fuel=6) | {"decide": "accept", "charge-fuel-1": "waive"}
    agent.post(step(contract, "check_in"), sent)

    assert contract.charges.get().status == "accepted"


def test_a_known_customer_is_warned_of_before_there_is_a_car(agent: Client) -> None:
    flag = FlagFactory(blocking=True, customer__licence_expires_on=NOW.date() - timedelta(days=1))
    shown = text(agent.post("/admin/rentals/quote/", {"customer": str(flag.customer_id)}))

    assert all(words in shown for words in ("do not rent", flag.reason, "is-red"))


def test_bookings_are_all_that_did_not_go_out_yet(agent: Client) -> None:
    by = manager()
    wanted = {booked(by=by), confirmed(by=by)}
    active(by=by)

    assert set(agent.get("/admin/contracts/contract/", {"standing": "booked"}).context_data["cl"].result_list) == wanted  # type: ignore[attr-defined]


def test_waiving_needs_a_reason_and_the_permission(agent: Client, clock: Any) -> None:
    contract = active(by=manager())
    clock.move_to(BACK_AT)
    sent = looked("back", 1_100, fuel=6) | {"decide": "waive", "why": "nice"}

    agent.post(step(contract, "check_in"), sent)
    client_in("manager")[0].post(step(contract, "check_in"), sent)

    assert Contract.objects.get(pk=contract.pk).status == "active"


def test_photos_join_the_damage_and_the_signature_the_hand_over(desk: tuple[Client, User], clock: Any) -> None:
    client, user = desk
    contract = active(by=manager())
    clock.move_to(BACK_AT)
    photo, signed = (uploads.receive(picture(), name, by=user) for name in ("a.jpg", "s.png"))
    marked = {"back-damages-0-panel": "roof", "back-damages-0-kind": "dent"}
    sent = looked("back", 1_100) | marked | {"attach": [str(photo.pk)], "signature": str(signed.pk)}

    client.post(step(contract, "check_in"), sent)

    assert list(File.objects.of(Damage.objects.get())) == [photo]
    assert list(File.objects.of(Handover.objects.get(kind="in"))) == [signed]


def test_photos_come_with_the_form_where_no_script_runs(agent: Client, clock: Any) -> None:
    contract = active(by=manager())
    clock.move_to(BACK_AT)
    photo = SimpleUploadedFile("car.jpg", picture(), "image/jpeg")

    agent.post(step(contract, "check_in"), looked("back", 1_100) | {"uploads": photo})

    assert [file.name for file in File.objects.of(Handover.objects.get(kind="in"))] == ["car.jpg"]


def test_the_check_out_leads_to_the_signature(agent: Client, clock: Any) -> None:
    agent.post(ADD, leaving_now(rentable_car(), driver(), deposit_method="card"))
    contract = Contract.objects.get()

    response = agent.post(step(contract, "check_out"), looked("out", 1_000))

    assert response["Location"] == step(contract, "sign")


def test_the_sketch_shows_what_is_known(agent: Client, clock: Any) -> None:
    contract = active(by=manager())
    Damage.objects.create(car=contract.car, panel="bonnet", kind="chip")

    seen = text(agent.get(step(contract, "check_in")))

    assert 'aria-label="bonnet (chip)"' in seen


def test_a_rental_for_later_is_booked_and_says_how_long_it_is_held(agent: Client) -> None:
    response = agent.post(ADD, booking(rentable_car(), driver()), follow=True)

    assert Contract.objects.get().status == "pending"
    assert "is booked, and held until 25.11.2026 10:00." in text(response)


def test_a_rental_for_later_is_confirmed_at_once_where_the_deposit_is_there(agent: Client) -> None:
    response = agent.post(ADD, booking(rentable_car(), driver(), then="confirm", deposit_method="card"), follow=True)

    assert Contract.objects.get().status == "confirmed"
    assert "is booked and confirmed." in text(response)


@pytest.mark.parametrize(("start", "leaves"), [("2026-11-24T10:30", "now"), ("2026-11-30T10:30", "later")])
def test_what_is_offered_depends_on_when_the_car_goes(agent: Client, start: str, leaves: str) -> None:
    assert f'data-leaves="{leaves}">' in text(agent.get(ADD, {"start": start}))


def test_the_quote_says_until_when_it_is_held(agent: Client) -> None:
    seen = text(agent.post(QUOTE, booking(rentable_car())))

    assert "held until 25.11.2026 10:00" in seen
    assert 'data-leaves="later"' in seen


@pytest.mark.parametrize(("hours", "held"), [(3, True), (0.2, False), (30, False)])
def test_a_booking_may_be_held_for_less_than_usual(agent: Client, hours: float, held: bool) -> None:
    until = NOW + timedelta(hours=hours)
    shown = text(agent.post(ADD, booking(rentable_car(), driver(), **at("hold_until", until)), follow=True))

    assert Contract.objects.filter(hold_expires_at=until).exists() == held
    assert ("A booking is held for 30 minutes at least" in shown) != held
