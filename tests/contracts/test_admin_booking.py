"""Adding a contract in the admin is booking: by the gate's rules, with every reason said."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from contracts.models import Contract
from tests.contracts.desk import at, booking, client_in, page, text
from tests.factories.cars import CarFactory, InspectionFactory
from tests.factories.contracts import END, NOW, START, ExtraFactory, booked, driver, manager, rentable_car

pytestmark = pytest.mark.django_db
ADD = "/admin/contracts/contract/add/"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def agent() -> Client:
    return client_in("agent")[0]


@pytest.fixture
def boss() -> Client:
    return client_in("manager")[0]


def uninspected_car() -> Any:
    car = rentable_car()
    InspectionFactory(car=car, valid_until=date(2026, 11, 1))
    return car


def test_adding_a_contract_books_it(agent: Client) -> None:
    car, who, seat = rentable_car(), driver(), ExtraFactory(code="child_seat")

    response = agent.post(ADD, booking(car, who, **{"extra-child_seat": "2", "notes": "Flight OS 761"}))

    contract = Contract.objects.get()
    assert response["Location"] == page("contract", "change", contract.pk)
    assert (contract.car, contract.customer, contract.start_at, contract.end_at) == (car, who, START, END)
    assert (contract.status, contract.total, contract.notes) == ("pending", Decimal("150.00"), "Flight OS 761")
    assert contract.lines.get(kind="extra").extra == seat


def test_price_status_and_actor_are_not_the_forms_to_say(agent: Client) -> None:
    data = booking(rentable_car(), status="closed", total="1.00", daily_rate="1.00", created_by="x", reference="R-1")

    agent.post(ADD, data)

    contract = Contract.objects.get()
    assert (contract.status, contract.total) == ("pending", Decimal("120.00"))
    assert contract.reference.startswith("R-2026-")


def test_a_taken_car_is_said_in_the_form_and_nothing_is_written(agent: Client) -> None:
    first = booked(by=manager())

    response = agent.post(ADD, booking(first.car, notes="typed with care"))

    assert response.status_code == 200
    assert "is taken (rental) from" in text(response)
    assert "typed with care" in text(response)
    assert Contract.objects.count() == 1


def test_every_refusal_is_listed_with_what_it_means(agent: Client) -> None:
    car = CarFactory()
    InspectionFactory(car=car, valid_until=date(2026, 11, 1))

    shown = text(agent.post(ADD, booking(car)))

    assert all(words in shown for words in ("no liability insurance", "no registration", "no valid inspection"))
    assert all(word in shown for word in ("stops", "needs a reason"))
    assert not Contract.objects.exists()


def test_a_manager_overrides_with_a_reason_right_there(boss: Client) -> None:
    car = uninspected_car()

    assert 'name="override-uninspected"' in text(boss.post(ADD, booking(car)))
    boss.post(ADD, booking(car, **{"override-uninspected": "Inspection is booked for tomorrow"}))

    assert Contract.objects.get().overrides[0]["reason"] == "Inspection is booked for tomorrow"


def test_a_reason_that_says_nothing_is_asked_for_again(boss: Client) -> None:
    shown = text(boss.post(ADD, booking(uninspected_car(), **{"override-uninspected": "ok"})))

    assert "Say in at least 10 characters why." in shown
    assert 'value="ok"' in shown
    assert not Contract.objects.exists()


def test_an_agent_is_told_who_can_allow_it(agent: Client) -> None:
    boss = manager()
    reason = {"override-uninspected": "I would like to, please"}

    shown = text(agent.post(ADD, booking(uninspected_car(), **reason)))

    assert f"A manager can allow this. Ask {boss}." in shown
    assert "Why anyway?" not in shown
    assert not Contract.objects.exists()


def test_reasons_already_typed_survive_another_mistake(boss: Client) -> None:
    data = booking(uninspected_car(), **{"override-uninspected": "Inspection is booked", "end_at_0": "no day"})

    shown = text(boss.post(ADD, data))

    assert 'value="Inspection is booked"' in shown
    assert "Enter a valid date." in shown


def test_an_hour_that_the_clock_skips_is_refused(agent: Client) -> None:
    data = booking(rentable_car()) | {"end_at_0": "28.03.2027", "end_at_1": "02:30"}

    assert "28.03.2027 02:30 does not exist at the branch" in text(agent.post(ADD, data))
    assert not Contract.objects.exists()


def test_times_are_those_of_the_branch(agent: Client) -> None:
    car = rentable_car(branch__time_zone="Europe/London")

    agent.post(ADD, booking(car) | {"start_at_0": "01.12.2026", "start_at_1": "10:00", "end_at_0": "2026-12-02"})

    assert Contract.objects.get().start_at == datetime(2026, 12, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (at("end_at", START - timedelta(hours=1)), "Not after the start."),
        ({"end_at_0": "01.01.9999"}, "Enter a date between 2000 and 2100."),
        ({"end_at_0": ""}, "This field is required."),
        ({"car": "nonsense"}, "Select a valid choice"),
        ({"customer": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
        ({"notes": "x" * 4001}, "at most 4000 characters"),
        ({"pickup_place": "\x00"}, "Null characters are not allowed."),
        ({"channel": "telepathy"}, "Select a valid choice"),
        ({"extra-child_seat": "-1"}, "greater than or equal to 0"),
        ({"extra-child_seat": "99"}, "less than or equal to 3"),
    ],
)
def test_wrong_input_is_said_at_its_field(agent: Client, wrong: dict[str, Any], sentence: str) -> None:
    ExtraFactory(code="child_seat")

    response = agent.post(ADD, booking(rentable_car()) | wrong)

    assert response.status_code == 200
    assert sentence in text(response)
    assert not Contract.objects.exists()


def test_an_extra_that_ran_out_is_said_at_its_field(agent: Client) -> None:
    ExtraFactory(code="child_seat", stock=1)

    assert "only 1 are left" in text(agent.post(ADD, booking(rentable_car(), **{"extra-child_seat": "2"})))
    assert not Contract.objects.exists()


def test_a_link_fills_the_form_in(agent: Client) -> None:
    car, who = rentable_car(), driver(name="Lejla Begić")
    link = {"car": str(car.pk), "customer": str(who.pk), "start": "2026-12-04T16:00", "end": "2026-12-06T10:00"}

    shown = text(agent.get(ADD, link))

    assert all(value in shown for value in (str(car), "Lejla Begić", 'value="04.12.2026"', 'value="16:00"'))


def test_a_link_with_nonsense_shows_an_empty_form(agent: Client) -> None:
    response = agent.get(ADD, {"car": "no id", "start": "soon", "end": "\x00", "customer": "1"})

    assert response.status_code == 200


@pytest.mark.parametrize("role", ["mechanic", "accountant", "auditor", "viewer"])
def test_who_may_not_book_gets_no_form_and_books_nothing(role: str) -> None:
    client = client_in(role)[0]

    assert {client.get(ADD).status_code, client.post(ADD, booking(rentable_car())).status_code} == {403}
    assert not Contract.objects.exists()


def test_a_repeated_external_reference_leads_to_the_first_contract(agent: Client) -> None:
    data = booking(rentable_car(), external_ref="WEB-77")

    first, second = agent.post(ADD, data), agent.post(ADD, data)

    assert first["Location"] == second["Location"]
    assert Contract.objects.count() == 1


def test_extras_that_the_catalogue_knows_are_named_in_the_readers_language() -> None:
    agent, user = client_in("agent")
    type(user).objects.update(language="bs")
    ExtraFactory(name="Child seat")
    ExtraFactory(name="Our own trailer")

    shown = text(agent.get(ADD))

    assert "Dječija sjedalica" in shown
    assert "Our own trailer" in shown
