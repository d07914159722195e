"""Lists of contracts: filters, order, search, and what hangs below cars and customers."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.models import Contract
from tests.contracts.api import NOBODY, Desk, error
from tests.factories import contracts as given
from tests.factories.cars import BranchFactory, CategoryFactory
from tests.factories.contracts import BACK_AT, END, NOW, START

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def desk() -> Desk:
    return Desk("viewer")


@pytest.fixture
def by() -> Any:
    return given.manager()


def found(desk: Desk, path: str = "", **query: Any) -> list[str]:
    response = desk.get(path, query)
    assert response.status_code == 200, response.json()
    return [one["id"] for one in response.json()["data"]]


def ids(*contracts: Contract) -> list[str]:
    return [str(contract.pk) for contract in contracts]


def test_contracts_are_filtered_by_several_states(desk: Desk, by: Any) -> None:
    pending, confirmed, active = given.booked(by=by), given.confirmed(by=by), given.active(by=by)

    assert set(found(desk, status=["pending", "active"])) == set(ids(pending, active))
    assert found(desk, status="confirmed") == ids(confirmed)


def test_overdue_contracts_are_found_and_marked(desk: Desk, by: Any) -> None:
    late, inside = given.active(by=by), given.active(by=by, end_at=END + 5 * DAY)
    desk.at = END + timedelta(minutes=1)

    assert found(desk, overdue="true") == ids(late)
    assert found(desk, overdue="false") == ids(inside)
    assert desk.get(late).json()["overdue"] is True
    assert desk.get(inside).json()["overdue"] is False


def test_a_booking_of_a_car_that_is_late_is_at_risk(desk: Desk, by: Any) -> None:
    late = given.active(by=by)
    next_one = given.booked(by=by, car=late.car, start_at=END + DAY, end_at=END + 2 * DAY)
    desk.at = END + timedelta(hours=2)

    assert found(desk, at_risk="true") == ids(next_one)
    assert found(desk, at_risk="false") == ids(late)


def test_contracts_that_start_or_end_soon_are_found(desk: Desk, by: Any) -> None:
    soon = given.booked(by=by)
    later = given.booked(by=by, start_at=START + 5 * DAY, end_at=END + 5 * DAY)

    assert found(desk, starts_within=2) == ids(soon)
    assert found(desk, starts_within=0) == []
    assert found(desk, ends_within=7) == ids(soon)
    assert set(found(desk, ends_within=30)) == set(ids(soon, later))


def test_a_span_finds_the_contracts_whose_agreed_period_it_touches(desk: Desk, by: Any) -> None:
    first = given.booked(by=by)
    second = given.booked(by=by, start_at=END, end_at=END + DAY)

    assert found(desk, **{"from": END.isoformat()}) == ids(second)
    assert found(desk, to=END.isoformat()) == ids(first)
    assert found(desk, **{"from": START.isoformat(), "to": (END + DAY).isoformat(), "sort": "start_at"}) == ids(
        first, second
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("car", lambda one: one.car_id),
        ("customer", lambda one: one.customer_id),
        ("category", lambda one: one.category.code),
        ("category", lambda one: one.category_id),
        ("branch", lambda one: one.return_branch_id),
        ("channel", lambda one: "phone"),
        ("external_ref", lambda one: "web-1"),
        ("q", lambda one: one.reference),
        ("q", lambda one: one.car.license_plate.lower()),
        ("q", lambda one: "selma"),
    ],
)
def test_one_of_two_contracts_is_found(desk: Desk, by: Any, name: str, value: Any) -> None:
    given.booked(by=by, car=given.rentable_car(category=CategoryFactory(code="suv")))
    mostar = BranchFactory(name="Mostar")
    who = given.driver(name="Selma Begić")
    one = given.booked(by=by, customer=who, channel="phone", external_ref="web-1", return_branch_id=mostar.pk)

    assert found(desk, **{name: value(one)}) == ids(one)


def test_a_whole_number_names_one_contract_and_its_beginning_several(desk: Desk, by: Any) -> None:
    longer, shorter = given.booked(by=by), given.booked(by=by)
    Contract.objects.filter(pk=longer.pk).update(reference="R-2026-1000009")
    Contract.objects.filter(pk=shorter.pk).update(reference="R-2026-100000")

    assert found(desk, q="r-2026-100000") == ids(shorter)
    assert set(found(desk, q="R-2026-10000")) == set(ids(longer, shorter))


@pytest.mark.parametrize(
    ("sort", "order"), [("start_at", "abc"), ("-end_at", "cba"), ("total", "bca"), ("-created_at", "cba")]
)
def test_lists_are_sorted_as_asked(desk: Desk, by: Any, sort: str, order: str) -> None:
    made = {
        "a": given.booked(by=by, end_at=START + 4 * DAY),
        "b": given.booked(by=by, start_at=START + 4 * DAY, end_at=START + 5 * DAY),
        "c": given.booked(by=by, start_at=START + 5 * DAY, end_at=START + 7 * DAY),
    }
    assert found(desk, sort=sort) == ids(*(made[name] for name in order))


def test_pages_follow_the_order(desk: Desk, by: Any) -> None:
    all_three = [given.booked(by=by) for _ in range(3)]
    first = desk.get("", {"sort": "reference", "limit": 2}).json()
    rest = desk.get("", {"sort": "reference", "limit": 2, "cursor": first["next_cursor"]}).json()

    assert [one["id"] for one in [*first["data"], *rest["data"]]] == ids(*all_three)


@pytest.mark.parametrize(
    "query",
    [
        {"colour": "red"},
        {"status": "lost"},
        {"overdue": "perhaps"},
        {"starts_within": "-1"},
        {"ends_within": "4000"},
        {"starts_within": "1.5"},
        {"from": "2026-11-25"},
        {"from": "2026-11-25T09:00:00"},
        {"to": "NaN"},
        {"car": "7"},
        {"branch": "Sarajevo"},
        {"sort": "customer"},
        {"q": "x" * 201},
    ],
)
def test_a_parameter_that_is_not_right_is_named(desk: Desk, query: dict[str, str]) -> None:
    response = desk.get("", query)

    assert response.status_code == 400
    assert next(iter(query)) in response.json()["detail"]


def test_a_viewer_sees_customers_masked_and_no_money(desk: Desk, by: Any) -> None:
    contract = given.confirmed(by=by)
    (row,), whole = desk.get("").json()["data"], desk.get(contract).json()

    assert row["customer"]["name"] == contract.customer.name
    assert row["customer"]["phone"] == f"•••{contract.customer.phone[-4:]}"
    assert (row["balance"], whole["paid"], whole["payments"]) == (None, None, None)
    assert (whole["total"], len(whole["lines"])) == ("120.00", 1)


def test_an_accountant_sees_what_is_paid_held_and_owed(by: Any) -> None:
    contract = given.paid(given.returned(by=by), by=by)
    shown = Desk("accountant").get(contract).json()

    assert (shown["paid"], shown["held"], shown["balance"]) == ("120.00", "200.00", "0.00")
    assert shown["customer"]["phone"] == contract.customer.phone


def test_an_answer_that_has_not_changed_is_not_sent_again(by: Any) -> None:
    contract, desk = given.booked(by=by), Desk()
    tag = desk.get(contract)["ETag"]
    same = desk.call("get", contract, HTTP_IF_NONE_MATCH=tag)
    given.payments.record(contract.pk, kind="payment", method="cash", amount=contract.total, by=by, now=NOW)

    assert same.status_code == 304
    assert desk.call("get", contract, HTTP_IF_NONE_MATCH=tag).status_code == 200


def test_the_contracts_of_a_car_and_of_a_customer_are_listed_below_them(desk: Desk, by: Any) -> None:
    one, _other = given.booked(by=by), given.booked(by=by)

    assert found(desk, f"/api/v1/cars/{one.car_id}/contracts/") == ids(one)
    assert found(desk, f"/api/v1/customers/{one.customer_id}/contracts/") == ids(one)
    assert found(desk, f"/api/v1/cars/{one.car_id}/contracts/", status="active") == []


@pytest.mark.parametrize("path", ["cars/{}/contracts/", "customers/{}/contracts/", "contracts/{}/charges/"])
def test_below_what_does_not_exist_there_is_nothing(desk: Desk, path: str) -> None:
    assert error(desk.get(f"/api/v1/{path.format(NOBODY)}")) == (404, "not_found")


def test_a_program_lists_below_its_own_customers_only() -> None:
    program = Desk("integrator")
    mine, other = given.driver(created_by=program.user), given.driver()
    own = given.booked(by=program.user, customer=mine)
    given.booked(by=given.manager(), customer=mine, start_at=END + DAY, end_at=END + 2 * DAY)

    assert found(program, f"/api/v1/customers/{mine.pk}/contracts/") == ids(own)
    assert error(program.get(f"/api/v1/customers/{other.pk}/contracts/")) == (404, "not_found")


def test_a_mechanic_sees_no_contracts(by: Any) -> None:
    contract = given.booked(by=by)

    for path in ("", contract, f"/api/v1/cars/{contract.car_id}/contracts/", "/api/v1/charges/", "/api/v1/payments/"):
        assert error(Desk("mechanic").get(path)) == (403, "not_allowed")


def test_without_credentials_there_is_nothing(client: Any) -> None:
    for path in ("contracts/", "cars/availability/", "extras/", f"contracts/{NOBODY}/"):
        assert error(client.get(f"/api/v1/{path}")) == (401, "not_authenticated")


def test_times_are_told_in_utc(desk: Desk, by: Any) -> None:
    shown = desk.get(given.returned(by=by)).json()

    assert datetime.fromisoformat(shown["returned_at"]) == BACK_AT
    assert shown["returned_at"].endswith("Z")
    assert shown["assignments"][0]["taken_until"] == "2026-11-28T10:00:00Z"
