"""How much happens, and the trail as a file."""

import csv
import io
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from fleet import trail
from fleet.actor import acting_as
from tests.factories.accounts import UserFactory, client_as
from tests.factories.cars import BranchFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
STATISTICS = "/api/v1/audit/statistics/"


@pytest.fixture
def auditor() -> APIClient:
    return client_as("auditor")


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(UserFactory(role="manager"))
    return client


def rows_of(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200, response.content
    raw = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(raw, newline="")))


def test_entries_are_counted_by_day_kind_model_and_person(auditor: APIClient) -> None:
    clerk = UserFactory(first_name="Mara", last_name="Boss")
    with acting_as(clerk, door="admin"):
        BranchFactory.create_batch(3)
        trail.record("export", of="cars")
    told = auditor.get(STATISTICS).json()
    assert told["entries"] == LogEntry.objects.count() == sum(one["entries"] for one in told["days"])
    assert {"action": "access", "what": "export", "entries": 1} in told["actions"]
    assert {"model": "cars.branch", "entries": 3} in told["models"]
    assert {"actor": str(clerk.pk), "actor_name": "Mara Boss", "entries": 4} in told["actors"]


def test_statistics_are_filtered_like_the_list(auditor: APIClient) -> None:
    BranchFactory()
    told = auditor.get(f"{STATISTICS}?model=cars.branch&action=create").json()
    assert (told["entries"], len(told["models"])) == (1, 1)
    assert auditor.get(f"{STATISTICS}?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z").json()["entries"] == 0


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-01-01T00:00:00Z&to=2026-11-01T00:00:00Z",
        "from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z",
        "from=yesterday",
        "limit=5",
    ],
)
def test_a_span_that_is_too_wide_or_means_nothing_is_refused(auditor: APIClient, query: str) -> None:
    assert auditor.get(f"{STATISTICS}?{query}").status_code == 400


def test_statistics_cost_the_same_however_much_happened(auditor: APIClient) -> None:
    costs = []
    for _ in range(2):
        CustomerFactory.create_batch(5)
        with CaptureQueriesContext(connection) as caught:
            auditor.get(STATISTICS)
        costs.append(len(caught))
    assert costs[0] == costs[1] <= 3


@pytest.mark.parametrize("address", ["/api/v1/audit/export.csv", "/api/v1/audit/export/"])
def test_the_export_has_what_is_filtered_and_is_on_record(auditor: APIClient, address: str) -> None:
    BranchFactory(name="=1+1", address="@SUM(A1)")
    (row,) = rows_of(auditor.get(f"{address}?model=cars.branch"))
    assert (row["Action"], row["Model"], row["Object"]) == ("create", "cars.branch", "'=1+1")
    entry = LogEntry.objects.get(additional_data__what="export")
    assert (entry.actor, entry.additional_data["rows"], entry.additional_data["filters"]) == (
        auditor.user,
        1,
        ["model"],
    )


def test_no_cell_of_the_export_is_run_as_a_formula_and_nobody_is_named(auditor: APIClient) -> None:
    CustomerFactory(name="=HYPERLINK(1)", notes="@x")
    UserFactory(first_name="+1", last_name="")
    rows = rows_of(auditor.get("/api/v1/audit/export.csv"))
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert not [cell for cell in cells if "HYPERLINK" in cell]


@pytest.mark.parametrize("address", ["statistics/", "export/", "export.csv"])
@pytest.mark.parametrize("role", ["agent", "mechanic", "accountant", "viewer", "integrator"])
def test_the_whole_is_for_those_who_look_after_it(role: str, address: str) -> None:
    assert client_as(role).get(f"/api/v1/audit/{address}").status_code == 403


def test_the_admin_shows_statistics(staff: Client) -> None:
    BranchFactory()
    with CaptureQueriesContext(connection) as caught:
        body = staff.get("/admin/audit/statistics/?days=7").content.decode()
    assert "Branch" in body
    assert len(caught) <= 10
    assert staff.get("/admin/audit/statistics/?days=9999999").status_code == 200


def test_the_admin_exports_what_is_filtered(staff: Client) -> None:
    BranchFactory(name="Mostar")
    CustomerFactory()
    rows = rows_of(staff.get("/admin/audit/export/?model=cars.branch"))
    assert [row["Object"] for row in rows] == ["Mostar"]
    assert LogEntry.objects.get(additional_data__what="export").additional_data["filters"] == ["model"]
    assert "/admin/audit/export/?model=cars.branch" in staff.get("/admin/auditlog/logentry/?model=cars.branch").text


@pytest.mark.parametrize("page", ["statistics", "export"])
def test_pages_of_the_whole_are_closed_to_others(page: str) -> None:
    client = Client()
    client.force_login(UserFactory(role="agent"))
    assert client.get(f"/admin/audit/{page}/").status_code == 403
