"""Reading the trail: over HTTP and in the admin."""

from datetime import date
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from audit import history, telling
from audit.commands import record
from cars.models import Branch
from customers.models import Customer
from fleet.actor import acting_as
from fleet.observability import request_id
from tests.factories.accounts import UserFactory, client_as, client_of
from tests.factories.cars import BranchFactory
from tests.factories.customers import CustomerFactory, FlagFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> APIClient:
    return client_as("auditor")


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(UserFactory(role="manager", first_name="Mara", last_name="Boss"))
    return client


def moved(customer: Customer, country: str = "HR") -> Customer:
    customer.country = country
    customer.save()
    return customer


def renamed(branch: Branch, name: str) -> Branch:
    branch.name = name
    branch.save()
    return branch


def test_the_history_of_an_object_is_newest_first_with_before_and_after(auditor: APIClient) -> None:
    customer = moved(CustomerFactory(country="BA"), "HR")
    data = auditor.get(f"/api/v1/customers/{customer.pk}/history/").json()["data"]
    assert [entry["action"] for entry in data] == ["update", "create"]
    assert data[0]["changes"] == [{"field": "country", "before": "BA", "after": "HR"}]
    assert (data[0]["model"], data[0]["object_id"]) == ("customers.customer", str(customer.pk))


def test_the_history_has_pages(auditor: APIClient) -> None:
    customer = CustomerFactory(country="BA")
    for country in ("HR", "RS", "ME"):
        moved(customer, country)
    first = auditor.get(f"/api/v1/customers/{customer.pk}/history/?limit=3").json()
    rest = auditor.get(f"/api/v1/customers/{customer.pk}/history/?limit=3&cursor={first['next_cursor']}").json()
    assert (len(first["data"]), len(rest["data"]), rest["has_more"]) == (3, 1, False)


def test_the_history_of_somebody_elses_customer_is_not_there() -> None:
    assert client_as("integrator").get(f"/api/v1/customers/{CustomerFactory().pk}/history/").status_code == 404


def _queries(customer: Customer, clerk: User) -> dict[str, str]:
    entry = LogEntry.objects.filter(object_pk=str(customer.pk)).latest("id")
    at = entry.timestamp.isoformat().replace("+00:00", "Z")
    return {
        "actor": f"actor={clerk.pk}",
        "action": f"action=update&actor={clerk.pk}",
        "model": "model=customers.customer&action=update",
        "object": f"object_id={customer.pk}&action=update",
        "from": f"from={at}",
        "request": "request_id=counter-17&action=update",
        "door": "door=admin&action=update",
        "address": "address=10.1.2.3&action=update",
        "to": f"to={at}&model=customers.customer&action=update",
    }


@pytest.mark.parametrize("query", ["actor", "action", "model", "object", "from", "request", "door", "address"])
def test_the_trail_is_filtered(auditor: APIClient, query: str) -> None:
    clerk, customer = UserFactory(), CustomerFactory()
    with acting_as(clerk, door="admin", address="10.1.2.3"), request_id.under("counter-17"):
        moved(customer)
    found = auditor.get(f"/api/v1/audit/?{_queries(customer, clerk)[query]}").json()["data"]
    assert [(entry["actor"], entry["door"]) for entry in found] == [(str(clerk.pk), "admin")]


def test_the_end_of_a_span_is_not_part_of_it(auditor: APIClient) -> None:
    customer = moved(CustomerFactory())
    assert auditor.get(f"/api/v1/audit/?{_queries(customer, UserFactory())['to']}").json()["data"] == []


@pytest.mark.parametrize(
    "query", ["model=nonsense", "from=yesterday", "action=peek", "actor=1", "who=me", "address=somewhere"]
)
def test_queries_that_mean_nothing_are_refused(auditor: APIClient, query: str) -> None:
    assert auditor.get(f"/api/v1/audit/?{query}").status_code == 400


@pytest.mark.parametrize("role", ["agent", "mechanic", "accountant", "viewer", "integrator"])
def test_the_trail_is_for_those_who_look_after_it(role: str) -> None:
    assert client_as(role).get("/api/v1/audit/").status_code == 403


def test_an_entry_can_be_read_and_not_written(auditor: APIClient) -> None:
    CustomerFactory()
    address = f"/api/v1/audit/{LogEntry.objects.latest('id').pk}/"
    assert auditor.get(address).json()["action"] == "create"
    assert auditor.delete(address).status_code == 405
    assert auditor.get(f"{address}history/").status_code == 404


def test_the_run_of_a_command_is_told_without_an_object(auditor: APIClient) -> None:
    record("seed", counts={"cars": 60}, warnings=0, seconds=1.5)
    entry = auditor.get("/api/v1/audit/?action=access").json()["data"][0]
    assert (entry["object"], entry["model"], entry["changes"]) == ("system: seed", "", [])
    assert telling.Change("cars", "", "60") in telling.told(history.everything(), reader=None)[0].changes


def test_a_list_of_entries_costs_the_same_however_long_it_is(auditor: APIClient) -> None:
    costs = []
    for _ in range(2):
        CustomerFactory.create_batch(5)
        with CaptureQueriesContext(connection) as caught:
            auditor.get("/api/v1/audit/")
        costs.append(len(caught))
    assert costs[0] == costs[1] <= 3


def last_told(instance: Any) -> list[tuple[str, str, str]]:
    (newest, *_) = telling.told(history.entries(instance), reader=None)
    return [(change.label, change.before, change.after) for change in newest.changes]


def test_people_read_labels_names_and_local_time() -> None:
    user, flag = UserFactory(first_name="Mara", last_name="Boss"), FlagFactory()
    flag.level, flag.cleared_by, flag.cleared_at = "block", user, "2026-12-01T09:30:00Z"
    flag.save()
    assert set(last_told(flag)) == {
        ("Level", "information", "no rental"),
        ("Cleared by", "", "Mara Boss"),
        ("Cleared at", "", "01.12.2026 10:30"),
    }


def test_people_read_roles_by_name() -> None:
    user = UserFactory()
    user.groups.add(Group.objects.get(name="agent"))
    assert last_told(user) == [("Groups", "", "agent")]


def test_people_read_dates_money_and_flags() -> None:
    customer = CustomerFactory(licence_expires_on=date(2035, 1, 1))
    customer.licence_expires_on = date(2036, 2, 1)
    customer.save()
    assert last_told(customer) == [("Licence valid to", "01.01.2035", "01.02.2036")]
    branch = Branch.objects.create(code="A", name="A")
    branch.is_active = False
    branch.save()
    assert last_told(branch) == [("Active", "yes", "no")]


def test_a_column_that_has_gone_is_told_as_it_was_written() -> None:
    customer = CustomerFactory()
    entry = LogEntry(content_type_id=history.entries(customer)[0].content_type_id, changes={"shoe_size": [43, 44]})
    assert telling.changes(entry) == [telling.Change("shoe_size", "43", "44")]


def test_a_reference_to_something_deleted_is_told_by_its_id() -> None:
    flag = FlagFactory()
    created, customer_id = history.entries(flag)[0], str(flag.customer_id)
    flag.delete()
    Customer.objects.all().delete()
    assert customer_id in {change.after for change in telling.changes(created)}


def test_the_history_page_of_an_object(staff: Client) -> None:
    branch = BranchFactory(name="Old")
    with acting_as(UserFactory(first_name="Amra", last_name="Clerk"), door="api", address="10.1.2.3"):
        renamed(branch, "New")
    body = staff.get(f"/admin/cars/branch/{branch.pk}/history/").content.decode()
    assert all(text in body for text in ("Amra Clerk", "api · 10.1.2.3", "<del>Old</del> → <ins>New</ins>"))


def test_the_page_escapes_what_people_wrote(staff: Client) -> None:
    branch = renamed(BranchFactory(name="Old"), "<script>alert(1)</script>")
    body = staff.get(f"/admin/cars/branch/{branch.pk}/history/").content.decode()
    assert "&lt;script&gt;alert(1)" in body
    assert "<script>alert(1)" not in body
    assert 'style="' not in body[body.index("<table") : body.index("</table>")]


def test_the_page_costs_the_same_however_long_the_history(staff: Client) -> None:
    customer, costs = CustomerFactory(country="BA"), []
    for country in ("HR", "RS", "ME", "SI"):
        moved(customer, country)
        with CaptureQueriesContext(connection) as caught:
            staff.get(f"/admin/customers/customer/{customer.pk}/history/")
        costs.append(len(caught))
    assert costs[1] == costs[-1] <= 11


def test_who_may_not_view_the_object_may_not_view_its_history() -> None:
    client = Client()
    client.force_login(UserFactory(role="mechanic"))
    assert client.get(f"/admin/customers/customer/{CustomerFactory().pk}/history/").status_code == 403


def test_the_trail_in_the_admin_is_read_only_and_bounded(staff: Client) -> None:
    moved(CustomerFactory())
    with CaptureQueriesContext(connection) as caught:
        assert staff.get("/admin/auditlog/logentry/").status_code == 200
    assert len(caught) <= 10
    entry = LogEntry.objects.latest("id")
    assert staff.get(f"/admin/auditlog/logentry/{entry.pk}/change/").status_code == 200
    assert staff.post(f"/admin/auditlog/logentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["model=customers.customer", "action__exact=1", "q=x", "what=login", "door=admin", "address=10.1.2.3", "address=x"],
)
def test_the_trail_in_the_admin_is_filtered(staff: Client, query: str) -> None:
    moved(CustomerFactory())
    assert staff.get(f"/admin/auditlog/logentry/?{query}").status_code == 200


def test_an_integrator_reads_of_the_house_only_that_it_was_one_of_it(auditor: APIClient) -> None:
    program, clerk = UserFactory(role="integrator"), UserFactory(role="manager", first_name="Amra", last_name="Hadžić")
    customer = CustomerFactory(country="BA", created_by=program)
    with acting_as(program, door="key:4f0c", address="192.0.2.7"):
        moved(customer, "HR")
    with acting_as(clerk, door="admin", address="10.0.0.7"):
        moved(customer, "RS")
    place = f"/api/v1/customers/{customer.pk}/history/"
    theirs, own = client_of(program).get(place).json()["data"][:2]

    assert (theirs["actor"], theirs["actor_name"], theirs["address"]) == (None, "staff", None)
    assert (own["actor"], own["address"]) == (str(program.pk), "192.0.2.7")
    assert auditor.get(place).json()["data"][0]["actor_name"] == "Amra Hadžić"
