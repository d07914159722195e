"""An entry of the trail is final, whatever the path."""

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, connection, transaction

from fleet.actor import acting_as
from tests.factories.accounts import UserFactory, client_as
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

CHANGE = "UPDATE auditlog_logentry SET object_repr = 'somebody else'"
REMOVE = "DELETE FROM auditlog_logentry"


@pytest.mark.parametrize("statement", [CHANGE, REMOVE])
def test_an_entry_is_neither_changed_nor_removed(statement: str) -> None:
    CustomerFactory()
    with pytest.raises(IntegrityError, match="are final"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert LogEntry.objects.exclude(object_repr="somebody else").exists()


@pytest.mark.parametrize("statement", [CHANGE, REMOVE])
def test_retention_may(statement: str) -> None:
    CustomerFactory()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL fleet.retention = 'on'")
        cursor.execute(statement)
        assert cursor.rowcount > 0


def test_a_user_who_has_acted_is_not_deleted() -> None:
    clerk = UserFactory()
    customer = CustomerFactory()
    with acting_as(clerk):
        customer.city = "Mostar"
        customer.save()
    answer = client_as("admin").delete(f"/api/v1/users/{clerk.pk}/", headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (409, "protected")
