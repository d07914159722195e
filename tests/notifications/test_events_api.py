"""Catching up with what happened."""

import pytest
from rest_framework.test import APIClient

from customers import flags
from notifications.models import Event
from tests.factories.accounts import UserFactory, client_as
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/events/"


@pytest.fixture
def reader() -> APIClient:
    """Return who may read three events: two customers became debtors, one of them is a VIP too."""
    by = UserFactory(role="manager")
    for kinds in (("debt", "vip"), ("debt",)):
        customer = CustomerFactory()
        for kind in kinds:
            flags.raise_flag(customer.pk, kind=kind, reason="Known.", by=by)
    return client_as("auditor")


def ids(client: APIClient, query: str = "") -> list[int]:
    return [event["id"] for event in client.get(f"{URL}?{query}").json()["data"]]


def test_events_come_in_the_order_in_which_they_were_written(reader: APIClient) -> None:
    assert ids(reader) == sorted(Event.objects.values_list("id", flat=True))


def test_one_goes_on_after_the_last_event_one_has_seen(reader: APIClient) -> None:
    first, *rest = ids(reader)
    assert ids(reader, f"after={first}") == rest
    assert ids(reader, f"after={rest[-1]}") == []


def test_pages_follow_each_other(reader: APIClient) -> None:
    page = reader.get(f"{URL}?limit=2").json()
    assert ids(reader, f"limit=2&cursor={page['next_cursor']}") == ids(reader)[2:]


@pytest.mark.parametrize(
    ("types", "count"), [("customer.flagged", 3), ("customer.flagged,contract.booked", 3), ("contract.booked", 0)]
)
def test_types_are_chosen(reader: APIClient, types: str, count: int) -> None:
    assert len(ids(reader, f"types={types}")) == count


def test_the_events_of_one_object(reader: APIClient) -> None:
    event = Event.objects.first()
    assert event is not None
    assert len(ids(reader, f"subject_id={event.subject_id}")) == Event.objects.of(event.subject_id).count()


def test_an_event_holds_no_personal_data(reader: APIClient) -> None:
    event = reader.get(f"{URL}?limit=1").json()["data"][0]
    assert set(event) == {"id", "type", "subject", "subject_id", "payload", "created_at"}
    assert set(event["payload"]) == {"flag", "kind", "level"}
