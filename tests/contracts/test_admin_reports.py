"""Reports in the admin: open to whom they should be, the same numbers as the API, no style and no script inside."""

import re
from typing import Any

import pytest
import time_machine
from auditlog.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import PERMISSIONS, STAFF_ROLES
from contracts.models import DayClose
from contracts.reports import chart
from contracts.reports.catalogue import REPORTS
from contracts.reports.shape import Table
from tests.contracts.desk import text
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory, client_of
from tests.factories.cars import BranchFactory
from tests.factories.contracts import NOW

pytestmark = pytest.mark.django_db


def logged_in(role: str = "manager") -> Client:
    client = Client()
    client.user = UserFactory(role=role)  # type: ignore[attr-defined]
    client.force_login(client.user)  # type: ignore[attr-defined]
    return client


def opened(client: Client, name: str, **query: Any) -> Any:
    with time_machine.travel(NOW, tick=False):
        return client.get(reverse("admin:report", args=[name]), query)


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_the_list_shows_the_reports_that_one_may_see_and_only_those_open(role: str) -> None:
    client = logged_in(role)
    may = {name for name, report in REPORTS.items() if report.permission in PERMISSIONS[role]}
    listed = client.get(reverse("admin:reports"))
    shown = set(re.findall(r'href="/admin/reports/([a-z-]+)/"', text(listed)))
    assert (listed.status_code, shown) == ((200, may) if may else (403, set()))
    assert {name for name in REPORTS if opened(client, name).status_code == 200} == may


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_shows_the_numbers_of_the_api(name: str) -> None:
    given.returned(by=given.manager())
    client = logged_in()
    with time_machine.travel(NOW, tick=False):
        told = client_of(client.user).get(f"/api/v1/reports/{name}/").json()  # type: ignore[attr-defined]
    page = re.sub(r"\s+|\u202f", " ", text(opened(client, name)))
    for row in told["rows"]:
        for column in REPORTS[name].columns:
            if column.kind == "money" and row[column.name] not in (None, "0.00"):
                assert f"{float(row[column.name]):,.2f}".replace(",", " ") in page


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_carries_no_style_and_no_script_of_its_own(name: str) -> None:
    given.returned(by=given.manager())
    main = text(opened(logged_in(), name)).split('id="content-main"')[1]
    assert not re.search(r"\sstyle=|\son\w+=|<style", main)


def test_a_chart_has_its_story_for_who_does_not_see_it() -> None:
    given.returned(by=given.manager())
    page = text(opened(logged_in(), "revenue", **{"from": "2026-11-25", "to": "2026-11-28"}))
    assert page.count("<rect") == 4
    assert 'role="img" aria-label="total: at most 40.00 EUR (Wed 25.11.2026), nothing in 1 of 4."' in page


def test_nothing_is_drawn_of_nothing() -> None:
    rows = [{"label": "Monday", "total": 0}]
    assert chart.drawn(REPORTS["revenue"], Table(rows)) is None
    assert "<figure" not in text(opened(logged_in(), "revenue"))


@pytest.mark.parametrize("query", [{"from": "2026-11-02", "to": "2026-11-01"}, {"from": "never"}, {"branch": "x"}])
def test_what_cannot_be_asked_is_said_above_the_form(query: dict[str, str]) -> None:
    page = opened(logged_in(), "revenue", **query)
    assert page.status_code == 400
    assert 'role="alert"' in text(page)


def test_a_file_is_one_click_away_and_on_record() -> None:
    client = logged_in()
    link = re.search(r'href="(/admin/reports/revenue/csv/[^"]*)"', text(opened(client, "revenue", by="month")))
    assert link
    answer: Any = client.get(link[1].replace("&amp;", "&"))
    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbf")
    assert (
        LogEntry.objects.filter(action=LogEntry.Action.ACCESS).latest("timestamp").additional_data["what"] == "export"
    )


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_costs_a_bounded_number_of_statements(name: str) -> None:
    client = logged_in()
    for _ in range(3):
        given.returned(by=given.manager())
    opened(client, name)
    with CaptureQueriesContext(connection) as caught:
        opened(client, name)
    assert len(caught) <= {"maintenance": 19, "expiring": 15}.get(name, 10)


def test_a_long_report_is_shown_page_by_page_and_its_file_has_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contracts.admin.reports._PER_PAGE", 2)
    rentals = [given.returned(by=given.manager()).car.license_plate for _ in range(3)]
    client = logged_in()
    pages = [text(opened(client, "costs", p=number)) for number in (1, 2)]
    assert sorted(sum(plate in page for page in pages) for plate in rentals) == [1, 1, 1]
    assert 'href="?p=2"' in pages[0].replace("?&amp;", "?")
    with time_machine.travel(NOW, tick=False):
        whole = b"".join(client.get(reverse("admin:report_file", args=["costs", "csv"])).streaming_content).decode()
    assert all(plate in whole for plate in rentals)


def test_the_drawer_is_counted_in_the_admin() -> None:
    client, branch = logged_in("agent"), BranchFactory()
    with time_machine.travel(NOW, tick=False):
        form = {"branch": str(branch.pk), "day": "24.11.2026", "counted_cash": "5.00", "note": ""}
        refused = client.post(reverse("admin:contracts_dayclose_add"), form)
        assert "say what happened" in text(refused)
        client.post(reverse("admin:contracts_dayclose_add"), {**form, "note": "Found under the desk"})
    assert str(DayClose.objects.get().difference) == "5.00"
