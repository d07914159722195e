"""Nobody is called by name in the trail: it outlives the erasure of a person."""

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from audit import history, naming, telling
from fleet import trail
from tests.factories.accounts import UserFactory, client_as
from tests.factories.contracts import booked, manager
from tests.factories.customers import CustomerFactory, DocumentFactory, FlagFactory

pytestmark = pytest.mark.django_db
CANARY = "Zlatan Kanarinac"


def written() -> str:
    return " ".join(f"{one.object_repr} {one.changes} {one.additional_data}" for one in LogEntry.objects.all())


def test_a_customer_is_called_by_the_end_of_the_id() -> None:
    customer = CustomerFactory(name=CANARY)
    assert history.entries(customer)[0].object_repr == f"Customer {str(customer.pk)[-8:]}"


def test_no_entry_holds_the_name_of_a_customer() -> None:
    customer = CustomerFactory(name=CANARY, father_name=CANARY, company_name=CANARY, notes=CANARY, city=CANARY)
    FlagFactory(customer=customer, reason=f"{CANARY} owes us.")
    trail.record("view", DocumentFactory(customer=customer))
    trail.record("download", customer)
    booked(by=manager(), customer=customer, notes=CANARY, pickup_place=CANARY, return_place=CANARY)
    customer.name = f"{CANARY} junior"
    customer.save()
    assert "Customer" in written()
    assert "Kanarinac" not in written()


@pytest.mark.parametrize(("role", "shown"), [("manager", CANARY), ("mechanic", "Customer "), ("agent", CANARY)])
def test_who_may_see_the_customer_reads_the_name_of_today(role: str, shown: str) -> None:
    CustomerFactory(name=CANARY)
    (told,) = telling.told(history.everything().filter(content_type__model="customer"), reader=UserFactory(role=role))
    assert told.about.startswith(shown)


def test_a_customer_behind_an_id_is_named_for_those_who_may_see_him() -> None:
    flag = FlagFactory(customer=CustomerFactory(name=CANARY))
    entry = history.entries(flag)[0]
    assert CANARY in {one.after for one in telling.changes(entry, reader=UserFactory(role="agent"))}
    assert str(flag.customer_id) in {one.after for one in telling.changes(entry, reader=UserFactory(role="mechanic"))}


def test_the_auditor_reads_names_in_the_api() -> None:
    customer = CustomerFactory(name=CANARY)
    auditor = client_as("auditor")
    (entry,) = auditor.get(f"/api/v1/audit/?object_id={customer.pk}").json()["data"]
    assert entry["object"] == auditor.get(f"/api/v1/audit/{entry['id']}/").json()["object"] == CANARY


def test_the_admin_shows_names_in_the_list_and_on_the_page() -> None:
    customer, client = CustomerFactory(name=CANARY), Client()
    client.force_login(UserFactory(role="manager"))
    entry = history.entries(customer)[0]
    assert CANARY in client.get("/admin/auditlog/logentry/?model=customers.customer").content.decode()
    assert CANARY in client.get(f"/admin/auditlog/logentry/{entry.pk}/change/").content.decode()


def test_what_is_gone_keeps_its_pseudonym() -> None:
    flag = FlagFactory()
    entry, end = history.entries(flag)[0], str(flag.pk)[-8:]
    flag.delete()
    naming.attach([entry], reader=UserFactory(role="admin"))
    assert naming.shown(entry) == f"Flag {end}"


def test_nobody_sees_no_names() -> None:
    customer = CustomerFactory(name=CANARY)
    assert not naming.may_name(None, type(customer))
    assert not naming.may_name(AnonymousUser(), type(customer))
