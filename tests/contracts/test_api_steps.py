"""Every step of a contract at the API: done, refused, and not for everybody."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.roles import ROLES
from contracts.api.steps import OFFERED
from contracts.models import Contract
from tests.contracts.api import BACK, CONTRACTS, FULL, NOBODY, Desk, codes, error
from tests.factories import contracts as given
from tests.factories.accounts import ApiKeyFactory, client_with
from tests.factories.cars import IssueReportFactory
from tests.factories.contracts import BACK_AT, END, NOW, START

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
REASON = "The customer has called it off."
COUNTER = {"admin", "manager", "agent"}
ALLOWED = {
    "confirm": COUNTER | {"integrator"},
    "cancel": COUNTER | {"integrator"},
    "reschedule": COUNTER | {"integrator"},
    **dict.fromkeys(("reopen", "no-show", "check-out", "extend", "swap", "check-in", "settle"), COUNTER),
    "lines": {"admin", "manager"},
}
BODIES: dict[str, Any] = {
    "confirm": {},
    "cancel": {"reason": REASON},
    "reschedule": {"end_at": (END + DAY).isoformat()},
    "reopen": {},
    "no-show": {},
    "check-out": FULL,
    "extend": {"end_at": (END + DAY).isoformat()},
    "swap": {"car": NOBODY, "back": FULL, "out": FULL},
    "check-in": BACK,
    "settle": {},
    "lines": {"kind": "fine", "description": "Parking", "amount": "30.00"},
}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def body_of(name: str) -> Any:
    """Return a body that only the contract's state can refuse."""
    return {**BODIES[name], "car": str(given.rentable_car().pk)} if name == "swap" else BODIES[name]


def test_the_table_of_this_test_knows_every_step() -> None:
    assert ALLOWED.keys() == BODIES.keys() == OFFERED.keys()


@pytest.mark.parametrize("role", ROLES)
def test_a_step_needs_its_permission(role: str) -> None:
    desk = Desk(role)
    open_to_role = {name for name in OFFERED if desk.post(f"{NOBODY}/{name}/", BODIES[name]).status_code == 404}
    refused = {name for name in OFFERED if error(desk.post(f"{NOBODY}/{name}/", BODIES[name])) == (403, "not_allowed")}

    assert open_to_role == {name for name, roles in ALLOWED.items() if role in roles}
    assert refused == OFFERED.keys() - open_to_role


@pytest.mark.parametrize("name", ["reopen", "no-show", "check-out", "extend", "swap", "check-in", "settle"])
def test_a_pending_contract_refuses_the_steps_of_other_states(desk: Desk, name: str) -> None:
    contract = given.booked(by=desk.user)
    response = desk.step(contract, name, **body_of(name))

    assert error(response) == (409, "illegal_step")
    assert response.json()["contract_status"] == "pending"
    assert Contract.objects.get().version == contract.version


@pytest.mark.parametrize("name", ["confirm", "cancel", "reopen", "no-show", "check-out", "extend", "swap", "check-in"])
def test_a_returned_contract_refuses_the_steps_of_other_states(desk: Desk, name: str) -> None:
    contract = given.returned(by=desk.user)

    assert error(desk.step(contract, name, **body_of(name))) == (409, "illegal_step")


def test_confirming_takes_the_deposit_and_names_the_customer(desk: Desk) -> None:
    contract = given.booked(by=desk.user)
    company = given.driver(company=True)
    who = given.driver()
    body = {"customer": str(company.pk), "drivers": [str(who.pk)], "deposit": {"method": "card", "external_id": "T1"}}
    shown = desk.step(contract, "confirm", **body).json()

    assert (shown["status"], shown["held"], shown["hold_expires_at"]) == ("confirmed", "200.00", None)
    assert (shown["customer"]["id"], [one["id"] for one in shown["drivers"]]) == (str(company.pk), [str(who.pk)])
    assert [(one["kind"], one["external_id"]) for one in shown["payments"]] == [("deposit_hold", "T1")]


def test_a_part_of_the_deposit_that_is_held_is_not_taken_again(desk: Desk) -> None:
    contract = given.booked(by=desk.user)
    desk.post(f"{contract.pk}/payments/", {"kind": "deposit_hold", "method": "cash", "amount": "150.00"})

    shown = desk.step(contract, "confirm", deposit={"method": "card"}).json()

    assert sorted(one["amount"] for one in shown["payments"]) == ["150.00", "50.00"]


def test_confirming_without_the_deposit_says_what_is_missing(desk: Desk) -> None:
    response = desk.step(given.booked(by=desk.user), "confirm")

    assert error(response) == (409, "deposit_open")
    assert (response.json()["deposit"], response.json()["held"]) == ("200.00", "0.00")


def test_a_deposit_is_not_kept_when_the_confirmation_is_refused(desk: Desk) -> None:
    contract = given.booked(by=desk.user)
    contract.car.insurances.all().delete()

    response = desk.step(contract, "confirm", deposit={"method": "card"})

    assert (error(response), codes(response)) == ((409, "not_rentable"), {"uninsured"})
    assert not contract.payments.exists()


def test_waiving_the_deposit_is_the_managers_and_has_a_reason() -> None:
    contract = given.booked(by=given.manager())

    refused = Desk("agent").step(contract, "confirm", waive_deposit="A regular of ten years.")
    short = Desk("manager").step(contract, "confirm", waive_deposit="nice")
    waived = Desk("manager").step(contract, "confirm", waive_deposit="A regular of ten years.")

    assert (error(refused), error(short)) == ((403, "not_allowed"), (422, "reason_too_short"))
    assert [one["code"] for one in waived.json()["overrides"]] == ["deposit"]


def test_cancelling_keeps_the_reason_and_frees_the_car(desk: Desk) -> None:
    contract = given.confirmed(by=desk.user)
    shown = desk.step(contract, "cancel", reason=REASON).json()

    assert (shown["status"], shown["cancel_reason"], shown["steps"]) == ("cancelled", REASON, [])
    assert given.booked(by=desk.user, car=contract.car)


def test_a_short_reason_is_refused_at_its_place(desk: Desk) -> None:
    response = desk.step(given.booked(by=desk.user), "cancel", reason="no")

    assert error(response) == (422, "reason_too_short")
    assert response.json()["errors"][0]["pointer"] == "/reason"


def test_a_no_show_is_marked_two_hours_after_the_start(desk: Desk) -> None:
    contract = given.confirmed(by=desk.user)
    early = desk.step(contract, "no-show")
    desk.at = START + timedelta(hours=2)

    assert error(early) == (409, "illegal_step")
    assert desk.step(contract, "no-show").json()["status"] == "no_show"


def test_an_expired_booking_is_reopened_while_the_car_is_free(desk: Desk) -> None:
    contract = given.expired(by=desk.user, start_at=NOW + 30 * DAY, end_at=NOW + 31 * DAY)
    desk.at = contract.ended_at + timedelta(hours=1)
    shown = desk.step(contract, "reopen").json()
    assert (shown["status"], shown["ended_at"]) == ("pending", None)


def test_a_check_out_is_refused_with_every_reason_and_a_manager_overrides(desk: Desk) -> None:
    contract = given.confirmed(by=desk.user)
    IssueReportFactory(car=contract.car, severity="high")
    desk.at = START
    refused = desk.step(contract, "check-out", **FULL)
    override = {"code": "no_new_rentals", "reason": "Only a loose mat in the boot."}
    shown = desk.step(contract, "check-out", **FULL, overrides=[override]).json()

    assert (error(refused), codes(refused)) == ((409, "not_rentable"), {"no_new_rentals"})
    assert shown["status"] == "active"
    assert shown["overrides"][0]["by"] == str(desk.user.pk)


def test_an_agent_may_not_override() -> None:
    contract = given.confirmed(by=given.manager())
    IssueReportFactory(car=contract.car, severity="high")
    override = {"code": "no_new_rentals", "reason": "Only a loose mat in the boot."}

    response = Desk("agent", at=START).step(contract, "check-out", **FULL, overrides=[override])

    assert error(response) == (403, "not_allowed")
    assert response.json()["permission"] == "contracts.override_refusal"


def test_a_hand_over_keeps_what_was_seen(desk: Desk) -> None:
    contract, desk.at = given.confirmed(by=desk.user), START
    mark = {"panel": "bonnet", "kind": "scratch", "note": "old"}
    seen = {"clean": False, "checklist": {"triangle": True, "spare": "flat"}, "remarks": "Rain", "damages": [mark]}
    (handover,) = desk.step(contract, "check-out", **FULL, **seen).json()["assignments"][0]["handovers"]

    assert handover["checklist"] == seen["checklist"]
    assert (handover["kind"], handover["clean"], handover["fuel_eighths"]) == ("out", False, 8)
    assert contract.car.damages.get().note == "old"


def test_an_odometer_that_runs_backwards_is_refused(desk: Desk) -> None:
    contract = given.active(by=desk.user)
    desk.at = BACK_AT
    response = desk.step(contract, "check-in", odometer_km=999, fuel_eighths=8)

    assert error(response) == (422, "odometer_backwards")
    assert not contract.assignments.get().handovers.filter(kind="in").exists()


def test_an_extension_into_another_booking_is_refused(desk: Desk) -> None:
    contract = given.active(by=desk.user)
    given.booked(by=desk.user, car=contract.car, start_at=END + DAY, end_at=END + 2 * DAY)
    desk.at = START + DAY
    response = desk.step(contract, "extend", end_at=(END + DAY).isoformat())

    assert (error(response), codes(response)) == ((409, "not_rentable"), {"occupied"})


def test_a_swap_to_a_car_that_does_not_exist_is_refused(desk: Desk) -> None:
    contract, desk.at = given.active(by=desk.user), START + DAY

    assert error(desk.step(contract, "swap", **BODIES["swap"])) == (422, "unknown_car")


def test_settling_is_refused_while_something_is_open(desk: Desk) -> None:
    contract = given.returned(by=desk.user, back=given.Seen(odometer_km=1_300, fuel_eighths=4))
    undecided = desk.step(contract, "settle")
    desk.post(f"/api/v1/charges/{contract.charges.get().pk}/accept/")
    unpaid = desk.step(contract, "settle")
    given.paid(Contract.objects.get(pk=contract.pk), by=desk.user)

    assert (error(undecided), error(unpaid)) == ((409, "charges_open"), (409, "balance_open"))
    assert error(desk.step(contract, "settle")) == (409, "deposit_open")
    assert desk.step(contract, "settle", release_deposit=True).json()["status"] == "closed"


def test_a_discount_lowers_the_bill_and_a_wrong_sign_is_refused(desk: Desk) -> None:
    contract = given.booked(by=desk.user)
    shown = desk.step(contract, "lines", kind="discount", description="Regular", amount="-20.00").json()

    assert shown["total"] == "100.00"
    assert error(desk.step(contract, "lines", kind="fine", description="x", amount="-1.00")) == (422, "line_sign")


@pytest.mark.parametrize(
    ("make", "role", "steps"),
    [
        (given.booked, "agent", ["confirm", "cancel", "reschedule"]),
        (given.booked, "manager", ["confirm", "cancel", "reschedule", "lines"]),
        (given.confirmed, "agent", ["cancel", "reschedule", "no-show", "check-out"]),
        (given.active, "agent", ["extend", "swap", "check-in"]),
        (given.returned, "manager", ["settle", "lines"]),
        (given.closed, "manager", []),
        (given.active, "viewer", []),
    ],
)
def test_an_answer_names_the_steps_that_state_and_role_allow(make: Any, role: str, steps: list[str]) -> None:
    contract = make(by=given.manager())
    assert Desk(role).get(contract).json()["steps"] == steps


def test_a_step_on_an_outdated_version_is_refused_when_the_client_says_which(desk: Desk) -> None:
    contract = given.booked(by=desk.user)

    stale = desk.post(f"{contract.pk}/cancel/", {"reason": REASON}, HTTP_IF_MATCH='"7"')
    right = desk.post(f"{contract.pk}/cancel/", {"reason": REASON}, HTTP_IF_MATCH=desk.get(contract)["ETag"])

    assert (error(stale), right.status_code) == ((412, "stale"), 200)


def test_a_step_that_is_sent_twice_with_a_key_is_done_once(desk: Desk) -> None:
    contract = given.booked(by=desk.user)
    key = {"HTTP_IDEMPOTENCY_KEY": "line-1"}
    first, again = (desk.post(f"{contract.pk}/lines/", BODIES["lines"], **key) for _ in range(2))

    assert (first.json()["total"], again["Idempotency-Replayed"]) == ("150.00", "true")
    assert again.content == first.content


def test_only_notes_and_places_are_patched(desk: Desk) -> None:
    contract = given.booked(by=desk.user)
    body = {"notes": "Call first", "pickup_place": "Airport", "return_place": "Hotel"}

    assert desk.patch(contract, body).json()["pickup_place"] == "Airport"
    for name in ("status", "total", "end_at", "customer", "car", "reference", "created_by", "overrides"):
        response = desk.patch(contract, {name: "x"})
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, f"/{name}")


def test_of_an_ended_contract_only_the_notes_change(desk: Desk) -> None:
    contract = given.closed(by=desk.user)

    assert desk.patch(contract, {"notes": "Left an umbrella"}).json()["notes"] == "Left an umbrella"
    assert error(desk.patch(contract, {"pickup_place": "Airport"})) == (409, "illegal_step")


@pytest.mark.parametrize("method", ["put", "delete"])
def test_a_contract_is_neither_replaced_nor_deleted(desk: Desk, method: str) -> None:
    assert desk.call(method, given.booked(by=desk.user), {}).status_code == 405


def test_the_history_of_a_contract_tells_who_did_what(desk: Desk) -> None:
    contract = given.booked(by=desk.user)
    desk.step(contract, "cancel", reason=REASON)
    entries = desk.get(f"{contract.pk}/history/").json()["data"]

    assert len(entries) >= 2
    assert error(Desk("integrator").get(f"{contract.pk}/history/")) == (403, "not_allowed")


def test_a_read_only_key_takes_no_step() -> None:
    issued = ApiKeyFactory.issued(role="agent", read_only=True)
    client: APIClient = client_with(issued.plain)

    response = client.post(f"{CONTRACTS}{NOBODY}/cancel/", {"reason": REASON})

    assert error(response) == (403, "read_only_key")
