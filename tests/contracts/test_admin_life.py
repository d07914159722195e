"""A contract's whole life by the buttons of its page."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cars.models import Damage
from contracts.models import Contract, Payment
from tests.contracts.desk import at, booking, client_in, looked, step, text
from tests.factories.cars import IssueReportFactory
from tests.factories.contracts import (
    BACK,
    BACK_AT,
    END,
    OUT_AT,
    START,
    active,
    booked,
    confirmed,
    driver,
    manager,
    rentable_car,
    returned,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

EVERY_STEP = (
    *("confirm", "check_out", "check_in", "settle", "reopen", "extend", "swap"),
    *("decide_charges", "take_payment", "add_line", "mark_no_show", "cancel"),
)


@pytest.fixture
def by() -> User:
    return manager()


@pytest.fixture
def boss() -> Client:
    return client_in("manager")[0]


@pytest.fixture
def agent() -> Client:
    return client_in("agent")[0]


def again(contract: Contract) -> Contract:
    return Contract.objects.get(pk=contract.pk)


def paying(kind: str, amount: str, method: str = "card", **more: str) -> dict[str, str]:
    return {"kind": kind, "amount": amount, "method": method, **more}


def test_a_car_goes_through_its_whole_life(boss: Client, clock: Any) -> None:
    boss.post("/admin/contracts/contract/add/", booking(rentable_car(), driver()))
    contract = Contract.objects.get()
    boss.post(step(contract, "confirm"), {"method": "card", "external_id": "SLIP-1"})
    clock.move_to(OUT_AT)
    boss.post(step(contract, "check_out"), looked("out", 1000))
    boss.post(step(contract, "extend"), at("end_at", END + timedelta(days=1)))
    spare = rentable_car()
    boss.post(step(contract, "swap"), {"car": str(spare.pk), **looked("back", 1100), **looked("out", 500)})
    clock.move_to(END + timedelta(days=1))
    boss.post(step(contract, "check_in"), looked("back", 900, fuel=6))
    fuel = contract.charges.get()
    boss.post(step(contract, "decide_charges"), {f"do-{fuel.pk}": "accept"})
    boss.post(step(contract, "add_line"), {"kind": "discount", "description": "Regular guest", "amount": "5"})
    boss.post(step(contract, "take_payment"), paying("payment", str(again(contract).total)))
    boss.post(step(contract, "settle"), {"release_deposit": "on"})

    closed = again(contract)
    assert (closed.status, closed.car, closed.total) == ("closed", spare, Decimal("160.00") + fuel.amount - 5)
    assert closed.payments.sums() == (closed.total, 0)


def test_confirming_takes_the_deposit_with_it(agent: Client, by: User) -> None:
    contract = booked(by=by)

    response = agent.post(step(contract, "confirm"), {"method": "cash"}, follow=True)

    assert again(contract).status == "confirmed"
    assert "is confirmed." in text(response)
    assert Payment.objects.get().kind == "deposit_hold"


def test_confirming_without_a_deposit_says_so(agent: Client, by: User) -> None:
    contract = booked(by=by)

    assert "The deposit of 200.00 EUR is not held" in text(agent.post(step(contract, "confirm")))
    assert again(contract).status == "pending"


def test_a_manager_waives_a_deposit_with_a_reason(boss: Client, by: User) -> None:
    contract = booked(by=by)

    assert "at least 10 characters" in text(boss.post(step(contract, "confirm"), {"waive_deposit": "nice"}))
    boss.post(step(contract, "confirm"), {"waive_deposit": "Guest of the house since 2019"})

    assert again(contract).overrides[0]["code"] == "deposit"


def test_an_agent_cannot_waive_a_deposit(agent: Client, by: User) -> None:
    contract = booked(by=by)

    shown = text(agent.post(step(contract, "confirm"), {"waive_deposit": "Guest of the house since 2019"}))

    assert 'name="waive_deposit"' not in shown
    assert again(contract).status == "pending"


def test_a_customer_is_named_while_confirming(agent: Client, by: User) -> None:
    contract, who = booked(by=by), driver()
    Contract.objects.filter(pk=contract.pk).update(customer=None)

    assert "This field is required." in text(agent.post(step(contract, "confirm"), {"method": "card"}))
    agent.post(step(contract, "confirm"), {"method": "card", "customer_id": str(who.pk)})

    assert again(contract).customer == who


def test_a_refused_check_out_shows_every_reason_and_keeps_what_was_typed(agent: Client, by: User, clock: Any) -> None:
    contract = confirmed(by=by, customer=driver(verified_at=None, verified_by=None))
    IssueReportFactory(car=contract.car, title="Brakes fail", severity="critical")
    clock.move_to(OUT_AT)

    shown = text(agent.post(step(contract, "check_out"), looked("out", 1234, remarks="Two keys")))

    assert all(words in shown for words in ("is grounded: Brakes fail", "have not been verified", "Two keys", "1234"))
    assert again(contract).status == "confirmed"
    assert not contract.assignments.get().handovers.exists()


def test_a_manager_lets_an_unverified_customer_go_with_a_reason(boss: Client, by: User, clock: Any) -> None:
    contract = confirmed(by=by, customer=driver(verified_at=None, verified_by=None))
    clock.move_to(OUT_AT)

    boss.post(step(contract, "check_out"), looked("out", 1000) | {"override-unverified": "Known for ten years"})

    assert again(contract).status == "active"


def test_damages_are_rows_and_an_empty_row_is_none(agent: Client, by: User, clock: Any) -> None:
    contract = active(by=by)
    clock.move_to(BACK_AT)
    mark = {"back-damages-1-panel": "roof", "back-damages-1-kind": "dent", "back-damages-1-estimate": "80.5"}

    agent.post(step(contract, "check_in"), looked("back", 1300) | mark)

    assert str(Damage.objects.get()) == "dent, roof"
    assert contract.charges.get().amount == Decimal("80.50")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"back-odometer_km": "900"}, "900 km does not fit"),
        ({"back-odometer_km": "-1"}, "greater than or equal to 0"),
        ({"back-fuel_eighths": "9"}, "Select a valid choice"),
        ({"back-fuel_eighths": ""}, "This field is required."),
        ({"back-damages-0-note": "somewhere"}, "This field is required."),
        ({"back-damages-0-panel": "roof", "back-damages-0-kind": "dent", "back-damages-0-estimate": "NaN"}, "number"),
        ({"back-damages-TOTAL_FORMS": "nonsense"}, "ManagementForm"),
    ],
)
def test_a_wrong_check_in_changes_nothing(
    agent: Client, by: User, clock: Any, wrong: dict[str, str], sentence: str
) -> None:
    contract = active(by=by)
    clock.move_to(BACK_AT)

    response = agent.post(step(contract, "check_in"), looked("back", 1300) | wrong)

    assert response.status_code == 200
    assert sentence in text(response)
    assert again(contract).status == "active"


def test_an_electric_car_is_asked_for_its_battery(agent: Client, by: User, clock: Any) -> None:
    contract = confirmed(by=by, car=rentable_car(fuel_type="electric", tank_litres=None))
    clock.move_to(OUT_AT)

    shown = text(agent.get(step(contract, "check_out")))
    agent.post(step(contract, "check_out"), looked("out", 1000, battery_pct="95"))

    assert 'name="out-fuel_eighths"' not in shown
    assert contract.assignments.get().handovers.get().battery_pct == 95


def test_charges_are_accepted_and_waived_on_one_page(boss: Client, by: User) -> None:
    contract = returned(by=by, back=type(BACK)(odometer_km=1300, fuel_eighths=6, clean=False))
    fuel, cleaning = contract.charges.order_by("kind").reverse()
    data = {f"do-{fuel.pk}": "accept", f"do-{cleaning.pk}": "waive", f"why-{cleaning.pk}": "It was raining all week"}

    boss.post(step(contract, "decide_charges"), data)

    assert set(contract.charges.values_list("kind", "status")) == {("fuel", "accepted"), ("cleaning", "waived")}


def test_a_waived_charge_needs_a_reason_or_nothing_is_decided(boss: Client, by: User) -> None:
    contract = returned(by=by, back=type(BACK)(odometer_km=1300, fuel_eighths=6, clean=False))
    fuel, cleaning = contract.charges.order_by("kind").reverse()

    response = boss.post(step(contract, "decide_charges"), {f"do-{fuel.pk}": "accept", f"do-{cleaning.pk}": "waive"})

    assert "Say in at least 10 characters why." in text(response)
    assert contract.charges.proposed().count() == 2


def test_a_double_click_pays_once(agent: Client, by: User) -> None:
    contract = confirmed(by=by)
    data = paying("payment", "60.00", token="0123456789abcdef0123456789abcdef")

    assert {agent.post(step(contract, "take_payment"), data).status_code for _ in range(2)} == {302}

    assert contract.payments.filter(kind="payment").count() == 1
    assert "0123456789abcdef" not in text(agent.get(reverse("admin:contracts_payment_changelist")))


def test_a_refused_payment_says_why_and_can_be_sent_again(boss: Client, by: User) -> None:
    contract = confirmed(by=by)
    token = "0123456789abcdef0123456789abcdef"

    shown = text(boss.post(step(contract, "take_payment"), paying("refund", "5.00", token=token)))

    assert "More would be refunded than was paid." in shown
    assert token not in shown


def test_money_kinds_are_limited_by_permission(agent: Client, by: User) -> None:
    contract = confirmed(by=by)

    shown = text(agent.get(step(contract, "take_payment")))
    refused = agent.post(step(contract, "take_payment"), paying("deposit_capture", "5.00"))

    assert 'value="payment"' in shown
    assert 'value="refund"' not in shown
    assert "Select a valid choice" in text(refused)


def test_settling_says_what_is_open(agent: Client, by: User) -> None:
    contract = returned(by=by)

    assert "There is still 120.00 EUR to pay." in text(agent.post(step(contract, "settle"), {"release_deposit": "on"}))
    assert again(contract).payments.sums()[1] == contract.deposit


def test_cancelling_needs_a_reason(agent: Client, by: User) -> None:
    contract = booked(by=by)

    assert "at least 10 characters" in text(agent.post(step(contract, "cancel"), {"reason": "no"}))
    agent.post(step(contract, "cancel"), {"reason": "The customer called it off"})

    assert again(contract).cancel_reason == "The customer called it off"


def test_nobody_came(agent: Client, by: User, clock: Any) -> None:
    contract = confirmed(by=by)

    assert "2 hours after the pick-up time at the earliest" in text(agent.post(step(contract, "mark_no_show")))
    clock.move_to(START + timedelta(hours=3))
    agent.post(step(contract, "mark_no_show"))

    assert again(contract).status == "no_show"


def test_a_step_from_the_wrong_state_is_refused_with_a_sentence(agent: Client, by: User) -> None:
    contract = booked(by=by)

    shown = text(agent.post(step(contract, "check_in"), looked("back", 1300)))

    assert "is pending; it cannot check in." in shown


def test_a_skipped_hour_is_no_new_end(agent: Client, by: User) -> None:
    contract = active(by=by)

    shown = text(agent.post(step(contract, "extend"), {"end_at_0": "28.03.2027", "end_at_1": "02:30"}))

    assert "does not exist at the branch" in shown


def test_looking_at_a_step_changes_nothing(boss: Client, by: User) -> None:
    contract = returned(by=by)
    version = again(contract).version

    answers = {boss.get(step(contract, name)).status_code for name in EVERY_STEP if name != "check_in"}

    assert answers == {200}
    assert again(contract).version == version
    assert boss.put(step(contract, "settle")).status_code == 405


@pytest.mark.parametrize("role", ["mechanic", "accountant", "auditor", "viewer"])
def test_the_wrong_role_is_stopped_at_every_step(role: str, by: User) -> None:
    client, contract = client_in(role)[0], booked(by=by)
    own = {"take_payment"} if role == "accountant" else set()

    answers = {client.post(step(contract, name)).status_code for name in set(EVERY_STEP) - own}

    assert answers == {403}
    assert again(contract).status == "pending"


def test_a_step_on_a_contract_that_is_not_there_is_404(boss: Client) -> None:
    assert boss.post("/admin/contracts/contract/no-such-id/cancel/").status_code == 404


def test_a_form_from_elsewhere_is_refused(by: User) -> None:
    contract = booked(by=by)
    client = Client(enforce_csrf_checks=True)
    client.force_login(by)

    assert client.post(step(contract, "cancel"), {"reason": "Sent from another site"}).status_code == 403
