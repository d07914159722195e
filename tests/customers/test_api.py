"""customers/, flags/, documents/ and countries/ over HTTP."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from customers.models import Customer
from tests.factories.accounts import ApiKeyFactory, client_as, client_with
from tests.factories.customers import CustomerFactory, DocumentFactory, FlagFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/customers/"


@pytest.fixture
def agent() -> APIClient:
    return client_as("agent")


@pytest.fixture
def viewer() -> APIClient:
    return client_as("viewer")


def refused(answer: Any) -> set[tuple[str, str]]:
    return {(entry["pointer"], entry["code"]) for entry in answer.json()["errors"]}


def test_a_new_customer_is_answered_as_it_is_kept(agent: APIClient) -> None:
    body = {
        "name": " Amra  Hodžić ",
        "phone": "061 222 333",
        "country": "ba",
        "licence_number": "ab 12",
        "licence_country": "BA",
    }
    answer = agent.post(URL, body)
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["name"], shown["phone"], shown["country"]) == ("Amra Hodžić", "+38761222333", "BA")
    assert (shown["licence_number"], shown["status"], shown["created_by"]) == ("AB12", "active", str(agent.user.pk))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {("/name", "required")}),
        ({"name": "   "}, {("/name", "blank")}),
        ({"name": "A" * 121}, {("/name", "max_length")}),
        ({"name": "A\x00B"}, {("/name", "null_characters_not_allowed")}),
        ({"name": "A", "phone": "12"}, {("/phone", "invalid_phone")}),
        ({"name": "A", "email": "nobody"}, {("/email", "invalid")}),
        ({"name": "A", "country": "XX"}, {("/country", "unknown_country")}),
        ({"name": "A", "country": "BIH"}, {("/country", "unknown_country")}),
        ({"name": "A", "birth_date": "1990-02-30"}, {("/birth_date", "invalid")}),
        ({"name": "A", "birth_date": "1850-01-01"}, {("/birth_date", "out_of_range")}),
        ({"name": "A", "kind": "robot"}, {("/kind", "invalid_choice")}),
        ({"name": "A", "verified_at": "2026-01-01T00:00:00Z"}, {("/verified_at", "read_only_field")}),
        ({"name": "A", "shoe_size": 44}, {("/shoe_size", "unknown_field")}),
        ({"name": ["A"]}, {("/name", "invalid")}),
        (
            {"name": "A", "licence_issued_on": "2020-01-01", "licence_expires_on": "2019-01-01"},
            {("/licence_expires_on", "invalid")},
        ),
    ],
)
def test_bad_input_is_named_field_by_field(agent: APIClient, body: dict[str, Any], expected: set[Any]) -> None:
    answer = agent.post(URL, body)
    assert answer.status_code == 422
    assert refused(answer) == expected
    assert not Customer.objects.exists()


def test_a_phone_without_any_country_is_one_of_our_own(agent: APIClient) -> None:
    assert agent.post(URL, {"name": "Amra", "phone": "061 222 333"}).json()["phone"] == "+38761222333"


def test_the_phone_of_a_known_country_needs_no_code(agent: APIClient) -> None:
    customer = CustomerFactory(country="BA", phone="")
    answer = agent.patch(f"{URL}{customer.pk}/", {"phone": "065 111 222"}, headers={"If-Match": '"1"'})
    assert answer.json()["phone"] == "+38765111222"


@pytest.mark.parametrize(
    ("field", "code"), [("licence_number", "licence_taken"), ("passport_number", "passport_taken")]
)
def test_a_paper_belongs_to_one_customer(agent: APIClient, field: str, code: str) -> None:
    CustomerFactory(**{field: "SAME1"})
    answer = agent.post(URL, {"name": "Other", field: "same 1", "licence_country": "BA"})
    assert (answer.status_code, answer.json()["code"]) == (409, code)


def test_changes_need_the_version_that_was_read(agent: APIClient) -> None:
    address = f"{URL}{CustomerFactory().pk}/"
    assert agent.patch(address, {"city": "Mostar"}).status_code == 428
    assert agent.patch(address, {"city": "Mostar"}, headers={"If-Match": '"9"'}).status_code == 412
    assert agent.patch(address, {"city": "Mostar"}, headers={"If-Match": '"1"'}).status_code == 200


def test_customers_are_never_deleted(agent: APIClient) -> None:
    assert agent.delete(f"{URL}{CustomerFactory().pk}/").status_code == 405


def test_who_may_not_see_personal_data_gets_it_masked(viewer: APIClient) -> None:
    customer = CustomerFactory(phone="+38761222333", licence_number="AB12345678", notes="Tel. 061 222 333")
    shown = viewer.get(f"{URL}{customer.pk}/").json()
    assert (shown["phone"], shown["licence_number"]) == ("•••2333", "•••5678")
    assert (shown["address"], shown["notes"], shown["birth_date"]) == ("•••", "•••", None)
    assert shown["name"] == customer.name


@pytest.mark.parametrize("query", ["licence=AB12345678", "phone=38761222333", "email=x@example.com", "passport=P1"])
def test_who_may_not_see_a_number_may_not_ask_for_it(viewer: APIClient, query: str) -> None:
    CustomerFactory(licence_number="AB12345678")
    assert viewer.get(f"{URL}?{query}").status_code == 403


def test_who_may_not_see_numbers_finds_by_name_only(viewer: APIClient, agent: APIClient) -> None:
    CustomerFactory(name="Željko Memišević", licence_number="AB12345678")
    assert len(viewer.get(f"{URL}?q=zeljko").json()["data"]) == 1
    assert viewer.get(f"{URL}?q=AB1234").json()["data"] == []
    assert len(agent.get(f"{URL}?q=AB1234").json()["data"]) == 1


def test_who_may_not_see_personal_data_may_not_read_its_history(viewer: APIClient) -> None:
    assert viewer.get(f"{URL}{CustomerFactory().pk}/history/").status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "licence=ab 1234",
        "passport=p 77",
        "personal_id=1705990170001",
        "phone=%2B387 61 222 333",
        "phone=38761222333",
        "phone=061222333&country=ba",
        "email=AMRA@example.com",
        "city=mostar",
        "verified=true",
        "flag=debt",
        "q=hodzic",
        "country=BA&kind=person&status=active&sort=-created_at&q=hodzic",
    ],
)
def test_filters_find_the_one(agent: APIClient, query: str) -> None:
    wanted = CustomerFactory(
        verified=True,
        name="Amra Hodžić",
        licence_number="AB1234",
        passport_number="P77",
        city="Mostar",
        phone="+38761222333",
        email="amra@example.com",
        personal_id="1705990170001",
    )
    FlagFactory(customer=wanted, kind="debt")
    FlagFactory(kind="debt", cleared_at="2026-01-01T00:00:00Z", customer=CustomerFactory(name="Ivan Horvat"))
    found = agent.get(f"{URL}?{query}").json()["data"]
    assert [one["id"] for one in found] == [str(wanted.pk)]


@pytest.mark.parametrize("query", ["colour=red", "phone=12", "verified=maybe", "flag=green", "sort=notes", "limit=0"])
def test_queries_that_mean_nothing_are_refused(agent: APIClient, query: str) -> None:
    assert agent.get(f"{URL}?{query}").status_code == 400


def test_a_list_costs_the_same_however_long_it_is(agent: APIClient) -> None:
    costs = []
    for _ in range(2):
        CustomerFactory.create_batch(5)
        with CaptureQueriesContext(connection) as caught:
            agent.get(URL)
        costs.append(len(caught))
    assert costs[0] == costs[1] <= 3


def test_verifying_over_http(agent: APIClient) -> None:
    customer = CustomerFactory()
    shown = agent.post(f"{URL}{customer.pk}/verify/").json()
    assert shown["verified_by"] == str(agent.user.pk)  # type: ignore[attr-defined]
    assert agent.post(f"{URL}{customer.pk}/unverify/").json()["verified_at"] is None


def test_verifying_says_what_is_missing(agent: APIClient) -> None:
    answer = agent.post(f"{URL}{CustomerFactory(licence_number='').pk}/verify/")
    assert (answer.status_code, answer.json()["code"]) == (409, "papers_incomplete")
    assert answer.json()["missing"] == ["licence_number"]


def test_an_integrator_reads_its_own_customers_only() -> None:
    client = client_with(ApiKeyFactory.issued().plain)
    foreign = CustomerFactory()
    own = client.post(URL, {"name": "Web Guest"}).json()["id"]
    assert [one["id"] for one in client.get(URL).json()["data"]] == [own]
    assert client.get(f"{URL}{foreign.pk}/").status_code == 404
    assert client.patch(f"{URL}{own}/", {"city": "X"}, headers={"If-Match": "*"}).status_code == 403


def test_flags_are_raised_and_cleared(agent: APIClient) -> None:
    customer = CustomerFactory()
    body = {"customer": str(customer.pk), "kind": "do_not_rent", "reason": "Never came back."}
    flag = agent.post("/api/v1/flags/", body)
    assert (flag.status_code, flag.json()["level"]) == (201, "block")
    assert agent.post("/api/v1/flags/", body).json()["code"] == "already_flagged"
    assert agent.post(f"/api/v1/flags/{flag.json()['id']}/clear/").json()["cleared_at"]
    assert agent.get(f"/api/v1/flags/?customer={customer.pk}&open=true").json()["data"] == []


def test_a_flag_for_a_customer_that_is_not_there_is_refused(agent: APIClient) -> None:
    answer = agent.post("/api/v1/flags/", {"customer": str(agent.user.pk), "kind": "debt", "reason": "x"})  # type: ignore[attr-defined]
    assert refused(answer) == {("/customer", "does_not_exist")}


def test_documents_are_told_without_their_file(agent: APIClient) -> None:
    document = DocumentFactory()
    shown = agent.get(f"/api/v1/documents/?customer={document.customer_id}").json()["data"][0]
    assert (shown["kind"], shown["has_file"]) == ("licence_front", False)
    assert "file" not in shown


def test_a_document_stays_with_its_customer(agent: APIClient) -> None:
    document, other = DocumentFactory(), CustomerFactory()
    answer = agent.patch(f"/api/v1/documents/{document.pk}/", {"customer": str(other.pk)}, headers={"If-Match": "*"})
    assert answer.status_code == 422


def test_countries_have_names_flags_and_dial_codes(agent: APIClient) -> None:
    data = agent.get("/api/v1/countries/").json()["data"]
    bosnia = next(one for one in data if one["alpha2"] == "BA")
    assert bosnia == {"alpha2": "BA", "name": "Bosnia and Herzegovina", "flag": "🇧🇦", "dial_code": "+387"}
    assert len(data) > 240
