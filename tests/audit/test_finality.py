"""An entry of the trail is final, whatever the path."""

from datetime import UTC, datetime

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, connection, transaction

from audit import sealing
from audit.models import Seal
from fleet.actor import acting_as
from tests.factories.accounts import UserFactory, client_as
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

CHANGE = "UPDATE auditlog_logentry SET object_repr = 'somebody else'"
REMOVE = "DELETE FROM auditlog_logentry"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def run(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize("statement", [CHANGE, REMOVE])
@pytest.mark.parametrize("setting", ["", "on", "1", "999", "1; DROP"])
def test_an_entry_is_neither_changed_nor_removed(statement: str, setting: str) -> None:
    CustomerFactory()
    sealing.seal(now=NOW)  # sealed, and not exported
    with pytest.raises(IntegrityError, match="are final"):
        run(f"SELECT set_config('fleet.retention', '{setting}', true)", statement)
    assert LogEntry.objects.exclude(object_repr="somebody else").exists()


@pytest.mark.parametrize("table", ["auditlog_logentry", "audit_seal"])
def test_the_trail_is_not_emptied(table: str) -> None:
    CustomerFactory()
    trigger = "audit_entry_is_not_emptied" if table == "auditlog_logentry" else "audit_seal_is_not_emptied"
    with pytest.raises(IntegrityError, match="are final"):
        run(
            "SET CONSTRAINTS ALL IMMEDIATE",
            f"ALTER TABLE {table} ENABLE TRIGGER {trigger}",
            f"TRUNCATE {table} CASCADE",
        )


def test_retention_may_remove_what_lies_under_the_exported_seal_it_names() -> None:
    CustomerFactory()
    sealing.seal(now=NOW)
    CustomerFactory()
    Seal.objects.update(export_sha256="a" * 64, exported_at=NOW)
    name = f"SELECT set_config('fleet.retention', '{Seal.objects.get().pk}', true)"
    run(name, f"{REMOVE} WHERE id <= {Seal.objects.get().last_id}")
    assert LogEntry.objects.exists()
    with pytest.raises(IntegrityError, match="are final"):  # the rest is not under that seal
        run(name, REMOVE)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_seal",
        "UPDATE audit_seal SET entries = entries + 1",
        "UPDATE audit_seal SET digest = rows",
        "UPDATE audit_seal SET leaves = NULL, removed_at = now(), export_sha256 = 'x'",
    ],
)
def test_a_seal_is_neither_changed_nor_removed(statement: str) -> None:
    CustomerFactory()
    sealing.seal(now=NOW)
    with pytest.raises(IntegrityError, match="are final"):
        run(statement)


def test_a_user_who_has_acted_is_not_deleted() -> None:
    clerk = UserFactory()
    customer = CustomerFactory()
    with acting_as(clerk):
        customer.city = "Mostar"
        customer.save()
    answer = client_as("admin").delete(f"/api/v1/users/{clerk.pk}/", headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (409, "protected")
