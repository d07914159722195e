"""What the predecessor's people could do with its audit log, row by row of the list; here it is, and final."""

import csv
import io
from pathlib import Path

import pytest
from auditlog.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import tokens
from audit import sealing
from audit.models import Seal
from fleet import trail
from tests.factories.accounts import PASSWORD, UserFactory, client_as
from tests.factories.cars import BranchFactory, InsuranceFactory
from tests.factories.customers import CustomerFactory, DocumentFactory
from tests.files import samples

pytestmark = pytest.mark.django_db
AUDIT = "/api/v1/audit/"


@pytest.fixture
def auditor() -> APIClient:
    return client_as("auditor")


def test_audit_log_filters(auditor: APIClient) -> None:
    branch = BranchFactory(name="Mostar")
    found = auditor.get(AUDIT, {"model": "cars.branch", "action": "create", "object_id": str(branch.pk)}).json()["data"]
    assert [(one["object"], one["action"], one["door"]) for one in found] == [("Mostar", "create", "shell")]


def test_audit_log_statistics(auditor: APIClient) -> None:
    BranchFactory.create_batch(2)
    told = auditor.get(f"{AUDIT}statistics/").json()
    assert {"model": "cars.branch", "entries": 2} in told["models"]
    assert set(told) == {"entries", "days", "actions", "models", "actors"}


def test_audit_log_csv_export(auditor: APIClient) -> None:
    BranchFactory(name="=cmd()")
    answer = auditor.get(f"{AUDIT}export.csv", {"model": "cars.branch"})
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert (answer["Content-Type"], row["Object"]) == ("text/csv; charset=utf-8", "'=cmd()")


@pytest.mark.parametrize("path", ["customers", "insurances"])
def test_audit_log_per_record(path: str) -> None:
    row = CustomerFactory() if path == "customers" else InsuranceFactory()
    told = client_as("manager").get(f"/api/v1/{path}/{row.pk}/history/").json()["data"]
    assert [one["action"] for one in told] == ["create"]


def test_audit_log_clean_up(tmp_path: Path) -> None:
    BranchFactory()
    sealing.seal(now=timezone.now())
    quiet = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    call_command("audit_export", "-o", str(tmp_path / "trail.jsonl.gz"), **quiet)
    call_command("audit_retention", "--keep-days", "1", "--on", "2031-01-01T00:00+00:00", **quiet)
    assert Seal.objects.get(pk=1).removed_at
    assert not LogEntry.objects.filter(content_type__model="branch").exists()


def test_audit_rows_are_no_longer_deletable() -> None:
    BranchFactory()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM auditlog_logentry")
    entry = LogEntry.objects.latest("id")
    assert client_as("admin").delete(f"{AUDIT}{entry.pk}/").status_code == 405


def test_logins_and_failures(auditor: APIClient) -> None:
    user = UserFactory(role="agent")
    for password in ("wrong", PASSWORD):
        APIClient().post("/api/v1/auth/token/", {"username": user.username, "password": password})
    kinds = [one["what"] for one in auditor.get(AUDIT, {"action": "access"}).json()["data"]]
    assert kinds == ["login", "login_failed"]


def test_exports_uploads_and_downloads(auditor: APIClient) -> None:
    agent = client_as("agent")
    picture = SimpleUploadedFile("scan.png", samples.picture("PNG"), "image/png")
    file = agent.post("/api/v1/files/", {"file": picture}, format="multipart").json()
    assert client_as("manager").get("/api/v1/cars/export/").status_code == 200
    trail.record("download", DocumentFactory(), file=file["id"])
    for query in ({"what": "export"}, {"what": "download"}, {"model": "files.file", "object_id": file["id"]}):
        assert len(auditor.get(AUDIT, query).json()["data"]) == 1


def test_login_events_name_the_account_and_the_address(auditor: APIClient) -> None:
    user = UserFactory(role="agent")
    tokens.log_in(user.username, PASSWORD, now=timezone.now())
    (entry,) = auditor.get(AUDIT, {"what": "login"}).json()["data"]
    assert (entry["object_id"], entry["actor"], entry["model"]) == (str(user.pk), str(user.pk), "accounts.user")
