"""Customers at the counter: the admin's lists, forms and buttons."""

from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer, Flag
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, DocumentFactory, FlagFactory

pytestmark = pytest.mark.django_db


def client_as(role: str) -> Client:
    client = Client()
    client.force_login(UserFactory(role=role))
    return client


@pytest.fixture
def agent() -> Client:
    return client_as("agent")


def page(model: str, name: str = "changelist", pk: Any = None) -> str:
    return reverse(f"admin:customers_{model}_{name}", args=[pk] if pk else [])


def form(**changed: Any) -> dict[str, Any]:
    empty = dict.fromkeys(
        (
            "father_name", "email", "phone", "address", "city", "country", "birth_date", "personal_id",
            "passport_number", "passport_expires_on", "licence_number", "licence_country", "licence_issued_on",
            "licence_expires_on", "company_name", "vat_number", "notes",
        ),
        "",
    )  # fmt: skip
    inlines = {f"{name}-{what}_FORMS": 0 for name in ("flags", "documents") for what in ("TOTAL", "INITIAL")}
    return {**empty, **inlines, "kind": "person", "language": "en", **changed}


def press(client: Client, model: str, step: str, pk: Any, **data: Any) -> Any:
    address = reverse(f"admin:customers_{model}_{step}", args=[pk])
    return client.post(address, {"_form_submitted": "1", **data})


def test_a_customer_is_added_and_the_phone_kept_as_e164(agent: Client) -> None:
    answer = agent.post(page("customer", "add"), form(name="Amra", phone="061 222 333", country="BA"))
    assert answer.status_code == 302
    assert Customer.objects.get().phone == "+38761222333"


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"phone": "12", "country": "BA"}, "too short"),
        ({"name": ""}, "This field is required"),
        ({"birth_date": "01.01.1850"}, "between 16 and 120"),
        ({"licence_number": "SAME1", "licence_country": "BA"}, "same licence"),
        ({"licence_issued_on": "01.01.2020", "licence_expires_on": "01.01.2019"}, "ends before it was issued"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(agent: Client, entered: dict[str, str], said: str) -> None:
    CustomerFactory(licence_number="SAME1")
    answer = agent.post(page("customer", "add"), form(**{"name": "Amra", **entered}))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("text", ["memisevc", "111222", "ZM7788"])
def test_the_counter_finds_a_customer_by_anything(agent: Client, text: str) -> None:
    CustomerFactory(name="Željko Memišević", phone="+38765111222", licence_number="ZM778899")
    CustomerFactory(name="Ivan Horvat")
    body = agent.get(page("customer"), {"q": text}).content.decode()
    assert "Željko Memišević" in body
    assert "Ivan Horvat" not in body


def test_autocomplete_finds_customers_too(agent: Client) -> None:
    CustomerFactory(name="Željko Memišević")
    query = {"app_label": "customers", "model_name": "flag", "field_name": "customer", "term": "zeljko"}
    assert len(agent.get("/admin/autocomplete/", query).json()["results"]) == 1


@pytest.mark.parametrize("model", ["customer", "flag", "document"])
def test_lists_cost_the_same_however_long_they_are(agent: Client, model: str) -> None:
    costs = []
    for _ in range(2):
        for _ in range(4):
            FlagFactory(customer=DocumentFactory().customer)
        with CaptureQueriesContext(connection) as caught:
            assert agent.get(page(model)).status_code == 200
        costs.append(len(caught))
    assert costs[0] == costs[1] <= 10


@pytest.mark.parametrize("query", ["flag=debt", "kind__exact=person", "verified_at__isempty=1", "country__exact=BA"])
def test_lists_are_filtered(agent: Client, query: str) -> None:
    FlagFactory(kind="debt")
    assert agent.get(f"{page('customer')}?{query}").status_code == 200


def test_a_customer_is_verified_and_taken_back_by_buttons(agent: Client) -> None:
    customer = CustomerFactory()
    press(agent, "customer", "verify", customer.pk)
    assert Customer.objects.get().verified_by is not None
    press(agent, "customer", "unverify", customer.pk)
    assert Customer.objects.get().verified_at is None


def test_a_refused_verification_says_why(agent: Client) -> None:
    answer = press(agent, "customer", "verify", CustomerFactory(licence_number="").pk)
    assert "Record the papers first" in answer.content.decode()


def test_a_customer_is_flagged_and_the_flag_cleared_by_buttons(agent: Client) -> None:
    press(agent, "customer", "flag", CustomerFactory().pk, kind="debt", reason="Owes 50.")
    flag = Flag.objects.get()
    assert (flag.level, flag.reason) == ("warn", "Owes 50.")
    press(agent, "flag", "clear", flag.pk)
    assert not Flag.objects.open().exists()


def test_adding_a_flag_is_raising_it(agent: Client) -> None:
    flag = FlagFactory(blocking=True)
    entered = {"customer": flag.customer_id, "kind": "do_not_rent", "level": "", "reason": "Again."}
    assert "clear it first" in agent.post(page("flag", "add"), entered).content.decode()
    assert agent.post(page("flag", "add"), {**entered, "kind": "fraud"}).status_code == 302
    assert Flag.objects.get(kind="fraud").level == "block"


def test_a_document_is_verified_by_a_button(agent: Client) -> None:
    document = DocumentFactory()
    press(agent, "document", "verify", document.pk)
    document.refresh_from_db()
    assert document.verified_by is not None


@pytest.mark.parametrize("model", ["customer", "flag", "document"])
def test_nothing_with_history_is_deleted(model: str) -> None:
    boss = client_as("admin")
    row = FlagFactory(customer=DocumentFactory().customer)
    pk = {"customer": row.customer_id, "flag": row.pk, "document": row.customer.documents.get().pk}[model]
    assert boss.post(page(model, "delete", pk), {"post": "yes"}).status_code == 403
    many = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [pk], "post": "yes"}
    boss.post(page(model), many)
    assert Customer.objects.filter(pk=row.customer_id, flags=row).exists()


def test_who_may_not_see_personal_data_sees_it_masked() -> None:
    customer = CustomerFactory(phone="+38761222333", licence_number="AB12345678", address="Secret street 5")
    viewer = client_as("viewer")
    for address in (page("customer"), page("customer", "change", customer.pk)):
        body = viewer.get(address).content.decode()
        assert "•••5678" in body
        assert not any(secret in body for secret in ("AB12345678", "61222333", "Secret street"))


@pytest.mark.parametrize("query", ["licence_number__startswith=AB", "phone=%2B38761222333", "address__contains=Sec"])
def test_who_may_not_see_a_number_may_not_ask_for_it(query: str) -> None:
    CustomerFactory(name="Željko", licence_number="AB12345678", phone="+38761222333", address="Secret street")
    answer = client_as("viewer").get(f"{page('customer')}?{query}")
    assert (answer.status_code, "Željko" in answer.content.decode()) in ((400, False), (302, False))


def test_the_page_of_a_customer_costs_a_bounded_number_of_queries(agent: Client) -> None:
    customer = CustomerFactory(verified=True)
    FlagFactory.create_batch(3, customer=customer)
    DocumentFactory.create_batch(3, customer=customer)
    with CaptureQueriesContext(connection) as caught:
        assert agent.get(page("customer", "change", customer.pk)).status_code == 200
    assert len(caught) <= 16


def test_a_mechanic_has_no_business_with_customers() -> None:
    assert client_as("mechanic").get(page("customer")).status_code == 403


def test_events_are_shown_and_not_touched() -> None:
    boss = client_as("admin")
    press(boss, "customer", "flag", CustomerFactory().pk, kind="debt", reason="Owes 50.")
    assert "customer.flagged" in boss.get(reverse("admin:notifications_event_changelist")).content.decode()
    assert boss.get(reverse("admin:notifications_event_add")).status_code == 403
