"""Lists as files: the filters of the list, harmless cells, bounded, on record."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from fleet import sheets
from fleet.api import exporting
from tests.factories import contracts as given
from tests.factories.accounts import client_as
from tests.factories.cars import CarFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
LISTS = ("contracts", "customers", "cars", "payments")
FORMULAS = ("=1+1", "+387", "-2+3", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")')


def rows_of(response: Any) -> list[list[str]]:
    assert response.status_code == 200, response.content
    raw = b"".join(response.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def exported(client: Any, path: str, **query: str) -> list[list[str]]:
    return rows_of(client.get(f"/api/v1/{path}/export/", query))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_run_as_a_formula(text: str) -> None:
    client = client_as("manager")
    CustomerFactory(name=text.strip() or text, city=text)
    (_, row) = exported(client, "customers")
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert f"'{text}" in row


def test_numbers_below_zero_stay_numbers() -> None:
    (_, line) = b"".join(sheets.lines(["a"], [[Decimal("-12.50")]])).decode("utf-8-sig").split()
    assert line == "-12.50"


def test_a_csv_shows_local_time_and_plain_words() -> None:
    cells = [datetime(2026, 7, 1, 10, tzinfo=UTC), date(2026, 7, 1), True, None, 'a,"b"\nc']
    written = b"".join(sheets.lines(list("abcde"), [cells])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(written, newline="")))[1] == [
        "2026-07-01 12:00",
        "2026-07-01",
        "yes",
        "",
        'a,"b"\nc',
    ]


def test_a_workbook_holds_numbers_dates_and_harmless_texts() -> None:
    cells = [Decimal("1234.50"), datetime(2026, 7, 1, 10, tzinfo=UTC), "=1+1", "a\x01b", 7]
    with sheets.workbook(list("abcde"), [cells]) as file:
        head, row = load_workbook(file).active.iter_rows()  # type: ignore[union-attr]
    assert [cell.value for cell in row] == [1234.5, datetime(2026, 7, 1, 12), "'=1+1", "ab", 7]  # noqa: DTZ001
    assert {cell.data_type for cell in row} == {"n", "d", "s"}
    assert head[0].font.b


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_exported_with_its_filters_and_in_its_order(path: str) -> None:
    client = client_as("manager")
    for _ in range(2):
        given.confirmed(by=client.user)
    listed = [
        row["id"]
        for row in client.get(f"/api/v1/{path}/", {"sort": "-created_at"} if path == "cars" else {}).json()["data"]
    ]
    found = exported(client, path, **({"sort": "-created_at"} if path == "cars" else {}))
    assert [row[-1] for row in found[1:]] == listed
    assert len(listed) == 2


def test_filters_and_search_are_honoured_and_misspelt_ones_refused() -> None:
    client = client_as("manager")
    kept = given.confirmed(by=client.user)
    given.booked(by=client.user)
    assert [row[0] for row in exported(client, "contracts", status="confirmed")[1:]] == [kept.reference]
    assert [row[0] for row in exported(client, "contracts", q=kept.reference)[1:]] == [kept.reference]
    assert client.get("/api/v1/contracts/export/", {"colour": "red"}).status_code == 400
    assert client.get("/api/v1/contracts/export/", {"limit": "3"}).status_code == 400
    assert client.get("/api/v1/contracts/export/", {"format": "pdf"}).json()["parameter"] == "format"


def test_every_page_is_read_and_none_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_PAGE", 3)
    client, cars = client_as("manager"), CarFactory.create_batch(8)
    found = [row[0] for row in exported(client, "cars", sort="-rate")[1:]]
    assert sorted(found) == sorted(car.license_plate for car in cars)


def test_an_export_costs_the_log_in_the_count_the_entry_and_a_statement_per_page() -> None:
    client = client_as("manager")
    CarFactory.create_batch(3)
    client.get("/api/v1/cars/export/")
    with CaptureQueriesContext(connection) as caught:
        exported(client, "cars")
    assert len(caught) == 4


def test_what_does_not_fit_is_refused_before_the_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(exporting.MOST_ROWS, "csv", 1)
    client = client_as("manager")
    CarFactory.create_batch(2)
    answer = client.get("/api/v1/cars/export/")
    assert (answer.status_code, answer.json()["code"], answer.json()["most"]) == (422, "too_many_rows", 1)


def test_an_export_is_on_record_without_what_was_looked_for() -> None:
    client = client_as("manager")
    CustomerFactory(name="Amra Secret")
    exported(client, "customers", q="Amra Secret")
    entry = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).latest("timestamp")
    assert entry.additional_data["what"] == "export"
    assert (entry.additional_data["of"], entry.additional_data["rows"], entry.actor) == ("customers", 1, client.user)
    assert "Secret" not in str(entry.additional_data)


def test_who_may_not_see_numbers_exports_no_customers() -> None:
    statuses = {role: client_as(role).get("/api/v1/customers/export/").status_code for role in ("viewer", "mechanic")}
    assert statuses == {"viewer": 403, "mechanic": 403}


def test_an_integrator_exports_its_own_customers_only() -> None:
    client = client_as("integrator")
    CustomerFactory()
    own = CustomerFactory(created_by=client.user)
    assert [row[-1] for row in exported(client, "customers")[1:]] == [str(own.pk)]


@pytest.mark.parametrize("kind", sheets.KINDS)
@pytest.mark.parametrize("path", ["cars/export/", "reports/overdue/"])
def test_the_kind_of_file_may_be_asked_for_with_accept(path: str, kind: str) -> None:
    wanted = sheets.MEDIA_TYPES[kind]
    response = client_as("manager").get(f"/api/v1/{path}", headers={"Accept": wanted})
    response.close()
    assert (response.status_code, response["Content-Type"].split(";")[0]) == (200, wanted)
    assert "Accept" in response["Vary"]


def test_a_refusal_is_a_problem_also_for_who_accepts_files_only() -> None:
    response = client_as("mechanic").get("/api/v1/payments/export/", headers={"Accept": "text/csv"})
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    assert response.json()["code"] == "not_allowed"


def test_what_is_not_here_is_not_acceptable() -> None:
    response = client_as("manager").get("/api/v1/cars/export/", headers={"Accept": "image/png"})
    assert (response.status_code, response.json()["code"]) == (406, "not_acceptable")
