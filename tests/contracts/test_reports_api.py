"""reports/ and day-closes/ at the API: who may ask, what may be asked, and files with the same numbers."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from auditlog.models import LogEntry
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.roles import PERMISSIONS, ROLES
from cars.models import Branch
from contracts import closing, payments
from contracts.models import DayClose
from contracts.reports.catalogue import REPORTS
from fleet.errors import DomainError
from tests.contracts.api import Desk
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory, client_as, client_of
from tests.factories.contracts import NOW

pytestmark = pytest.mark.django_db
MONEY = {"revenue", "deposits", "waivers", "costs", "top-costs"}
TODAY = NOW.date()


def ask(name: str, role: str = "manager", **query: Any) -> Any:
    return Desk(role).get(f"/api/v1/reports/{name}/", query)


@pytest.mark.parametrize("role", ROLES)
def test_viewers_agents_mechanics_and_programs_see_no_reports_of_money(role: str) -> None:
    seen = {name for name in MONEY & REPORTS.keys() if REPORTS[name].permission in PERMISSIONS[role]}
    expected = MONEY & REPORTS.keys() if role in ("admin", "manager", "accountant", "auditor") else set()
    assert seen == expected


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_answers_those_who_may_see_it_and_nobody_else(name: str) -> None:
    statuses = {role: ask(name, role).status_code for role in ROLES}
    assert {role for role, status in statuses.items() if status == 200} == {
        role for role in ROLES if REPORTS[name].permission in PERMISSIONS[role]
    }
    assert set(statuses.values()) <= {200, 403}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("name", [name for name, report in REPORTS.items() if {"on", "to"} & set(report.parameters)])
def test_days_at_the_end_of_the_calendar_are_refused(name: str, day: str) -> None:
    wanted = {one: day for one in ("on", "from", "to") if one in REPORTS[name].parameters}
    response = ask(name, **wanted)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")


def test_money_is_text_and_the_answer_says_which_days_of_which_clock() -> None:
    given.returned(by=given.manager())
    body = ask("revenue", **{"from": "2026-11-25", "to": "2026-11-27"}).json()
    assert body["totals"]["total"] == "120.00"
    assert [row["total"] for row in body["rows"]] == ["40.00"] * 3
    assert (body["time_zone"], body["currency"], body["by"]) == ("Europe/Sarajevo", "EUR", "day")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"from": "2026-11-02", "to": "2026-11-01"}, "to"),
        ({"from": "2025-11-24", "to": "2026-11-25"}, "to"),
        ({"from": "yesterday"}, "from"),
        ({"branch": "019ab1c4-7d1e-7000-8000-000000000000"}, "branch"),
        ({"by": "car"}, "by"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_the_name_of_the_parameter(query: Any, parameter: str) -> None:
    answer = ask("revenue", **query)
    assert answer.status_code == 400, answer.json()
    assert {error["parameter"] for error in answer.json()["errors"]} == {parameter}


def test_a_range_of_366_days_is_answered_day_by_day() -> None:
    assert len(ask("utilisation", **{"from": "2025-11-24", "to": "2026-11-24"}).json()["rows"]) == 366


@pytest.mark.parametrize("name", REPORTS)
def test_a_file_shows_what_the_answer_shows_and_is_on_record(name: str) -> None:
    given.active(by=given.manager())
    shown = ask(name).json()
    raw = b"".join(ask(name, format="csv").streaming_content).decode("utf-8-sig")
    head, *lines, _ = csv.reader(io.StringIO(raw, newline=""))
    assert (len(head), len(lines)) == (len(REPORTS[name].columns), len(shown["rows"]))
    money = [n for n, column in enumerate(REPORTS[name].columns) if column.kind == "money"]
    names = [REPORTS[name].columns[n].name for n in money]
    assert [[line[n] for n in money] for line in lines] == [[row[n] or "" for n in names] for row in shown["rows"]]
    entry = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).latest("timestamp")
    assert (entry.additional_data["what"], entry.additional_data["of"]) == ("export", f"report {name}")


def test_a_report_is_a_workbook_too() -> None:
    with io.BytesIO(b"".join(ask("revenue", format="xlsx").streaming_content)) as file:
        rows = list(load_workbook(file).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert len(rows) == 1 + 30 + 1


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("contracts", [1, 4])
def test_a_report_costs_a_bounded_number_of_statements_however_much_there_is(name: str, contracts: int) -> None:
    for _ in range(contracts):
        given.returned(by=given.manager())
    client = client_as("manager")
    # These two ask every source of what comes due, six or seven statements whatever there is.
    most = {"maintenance": 15, "expiring": 10}.get(name, 4)
    with time_machine.travel(NOW, tick=False):
        client = client_of(client.user)
        client.get("/api/v1/auth/me/")
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/api/v1/reports/{name}/").status_code == 200
    assert len(caught) <= most


def branch_with_cash(amount: str = "60.00") -> Branch:
    contract = given.booked(by=given.manager())
    by = UserFactory(role="manager")
    payments.record(contract.pk, kind="payment", method="cash", amount=Decimal(amount), by=by, now=NOW)
    payments.record(contract.pk, kind="payment", method="card", amount=Decimal("11.00"), by=by, now=NOW)
    payments.record(contract.pk, kind="deposit_hold", method="cash", amount=Decimal("200.00"), by=by, now=NOW)
    payments.record(contract.pk, kind="deposit_release", method="cash", amount=Decimal("50.00"), by=by, now=NOW)
    return contract.pickup_branch


def test_the_drawer_should_hold_what_came_in_less_what_was_given_back() -> None:
    branch = branch_with_cash()
    (row,) = ask("day-close", branch=str(branch.pk)).json()["rows"]
    assert (row["cash"], row["card"], row["deposits_cash"]) == ("60.00", "11.00", "150.00")
    assert (row["expected_cash"], row["counted_cash"]) == ("210.00", None)


def test_a_branch_that_was_given_up_is_shown_for_what_it_still_took() -> None:
    branch = branch_with_cash()
    Branch.objects.update(is_active=False)
    body = ask("day-close").json()
    assert [row["key"] for row in body["rows"]] == [str(branch.pk)]
    assert body["totals"]["cash"] == "60.00"


def count(role: str = "agent", **fields: Any) -> Any:
    body = {"day": str(TODAY), "counted_cash": "210.00", **fields}
    return Desk(role).post("/api/v1/day-closes/", body)


def test_an_agent_counts_the_drawer_once() -> None:
    branch = str(branch_with_cash().pk)
    first, second = count(branch=branch), count(branch=branch)
    assert (first.status_code, first.json()["difference"]) == (201, "0.00")
    assert (second.status_code, second.json()["code"]) == (409, "already_closed")
    (row,) = ask("day-close", branch=branch).json()["rows"]
    assert (row["counted_cash"], row["difference"], row["counted_by"]) == (
        "210.00",
        "0.00",
        str(DayClose.objects.get().created_by),
    )


def test_a_difference_needs_a_note() -> None:
    branch = str(branch_with_cash().pk)
    refused = count(branch=branch, counted_cash="200.00")
    assert (refused.status_code, refused.json()["code"]) == (422, "note_missing")
    written = count(branch=branch, counted_cash="200.00", note="Change given out twice")
    assert written.json()["difference"] == "-10.00"


def test_the_server_says_what_should_be_there_and_who_counted() -> None:
    branch = str(branch_with_cash().pk)
    assert count(branch=branch, expected_cash="0.00").status_code == 422
    assert count(branch=branch, difference="0.00").status_code == 422


def test_tomorrow_cannot_be_closed_and_earlier_days_only_by_those_who_see_them() -> None:
    branch = str(branch_with_cash().pk)
    assert count(branch=branch, day=str(TODAY + timedelta(days=1))).json()["code"] == "not_yet"
    before = {"day": str(TODAY - timedelta(days=1)), "counted_cash": "0.00", "branch": branch}
    assert [count(role, **before).status_code for role in ("agent", "accountant")] == [403, 201]


def test_an_agent_sees_the_drawer_of_today_only() -> None:
    yesterday = {"on": str(TODAY - timedelta(days=1))}
    assert ask("day-close", "agent").status_code == 200
    assert ask("day-close", "agent", **yesterday).status_code == 403
    assert ask("day-close", "accountant", **yesterday).status_code == 200


@pytest.mark.parametrize("change", [lambda row: row.save(), lambda row: row.delete()])
def test_a_closed_day_is_never_changed_not_even_from_a_shell(change: Any) -> None:
    branch = branch_with_cash()
    close = closing.close_day(
        branch.pk, day=TODAY, counted_cash=Decimal("210.00"), by=UserFactory(role="agent"), now=NOW
    )
    close.note = "No"
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        change(close)


def test_a_viewer_closes_no_day() -> None:
    with pytest.raises(DomainError, match="add_dayclose"):
        closing.close_day(
            branch_with_cash().pk, day=TODAY, counted_cash=Decimal(0), by=UserFactory(role="viewer"), now=NOW
        )


def test_the_day_ends_at_the_branchs_own_midnight() -> None:
    branch = branch_with_cash()
    Branch.objects.filter(pk=branch.pk).update(time_zone="Pacific/Auckland")  # there it is ten in the evening
    found = {day: ask("day-close", on=str(day), branch=str(branch.pk)).json()["rows"][0]["cash"] for day in _days()}
    assert found == {date(2026, 11, 23): "0.00", date(2026, 11, 24): "60.00", date(2026, 11, 25): "0.00"}


def _days() -> list[date]:
    return [TODAY + timedelta(days=n) for n in (-1, 0, 1)]
