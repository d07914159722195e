"""The feed of events: who goes on after the last one he has seen misses none, whoever commits late."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from notifications import outbox
from notifications.models import Event
from tests.factories.accounts import UserFactory, client_as
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/events/"


@pytest.fixture
def slow() -> Iterator[Any]:
    """Return another connection, with a transaction that has taken an event's id and is still under way."""
    other: Any = connection.copy()
    other.set_autocommit(False)
    yield other
    other.close()


def write(cursor: Any, key: str) -> int:
    cursor.execute(
        "INSERT INTO notifications_event (type, subject, subject_id, key, payload, created_at) "
        "VALUES ('customer.flagged', 'customers.customer', gen_random_uuid(), %s, '{}', now()) RETURNING id",
        [key],
    )
    return int(cursor.fetchone()[0])


def seen(client: APIClient, after: int = 0) -> list[int]:
    return [event["id"] for event in client.get(f"{URL}?after={after}").json()["data"]]


def test_an_event_that_commits_late_is_not_missed(slow: Any) -> None:
    reader = client_as("auditor")
    user = UserFactory()
    with slow.cursor() as cursor:
        early = write(cursor, "late")
    with transaction.atomic():
        outbox.publish("customer.flagged", user, key="prompt")
    late = Event.objects.get().pk
    assert early < late

    assert seen(reader) == []  # not yet: something may still appear in front of it
    slow.commit()
    until(lambda: seen(reader) == [early, late])


def test_a_transaction_that_began_first_and_took_its_id_last_is_not_missed(slow: Any) -> None:
    reader = client_as("auditor")
    with slow.cursor() as cursor, connection.cursor() as prompt:
        cursor.execute("SELECT pg_current_xact_id()")
        first = write(prompt, "first")
        second = write(cursor, "second")
    assert seen(reader) == []
    slow.commit()

    until(lambda: sorted(seen(reader)) == [first, second])
    place = seen(reader)[0]
    assert seen(reader, after=place) == seen(reader)[1:]
