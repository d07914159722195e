"""What the predecessor's people could do with customers, row by row of the list; here it is, and safer."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from tests.customers.test_admin import form
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory, client_as
from tests.factories.customers import CustomerFactory, DocumentFactory
from tests.files import samples

pytestmark = pytest.mark.django_db
CUSTOMERS = "/api/v1/customers/"


def found(**query: Any) -> list[str]:
    return [row["name"] for row in client_as("agent").get(CUSTOMERS, query).json()["data"]]


def test_customers_crud() -> None:
    client = client_as("agent")
    made = client.post(CUSTOMERS, {"name": "Amra Hodžić", "phone": "+38761222333"}).json()
    one = f"{CUSTOMERS}{made['id']}/"
    changed = client.patch(one, {"city": "Mostar"}, HTTP_IF_MATCH="*").json()

    assert (client.get(one).json()["name"], changed["city"]) == ("Amra Hodžić", "Mostar")
    assert client.delete(one, HTTP_IF_MATCH="*").status_code == 405  # erased instead


@pytest.mark.parametrize("words", ["Hodzic", "hodžić amra", "AMRA@EXAMPLE", "061 555", "61555666"])
def test_search_by_name_e_mail_phone(words: str) -> None:
    CustomerFactory(name="Amra Hodžić", email="amra@example.com", phone="+38761555666")
    CustomerFactory(name="Emina Kovač", email="emina@example.org", phone="+38762111222")

    assert found(q=words.replace("061 555", "61555")) == ["Amra Hodžić"]


@pytest.mark.parametrize(
    "query",
    [{"passport": "p 77"}, {"licence": "ab123"}, {"personal_id": "17059"}, {"country": "ba"}, {"city": "mostar"}],
)
def test_by_passport_licence_personal_id_country_city(query: dict[str, str]) -> None:
    numbers = {"passport_number": "P77", "licence_number": "AB123", "personal_id": "17059"}
    CustomerFactory(name="Amra", country="BA", city="Mostar", **numbers)
    CustomerFactory(name="Emina", country="HR", city="Split")

    assert found(**query) == ["Amra"]


def test_recent() -> None:
    for name in ("First", "Second", "Third"):
        CustomerFactory(name=name)

    assert found(sort="-created_at", limit=2) == ["Third", "Second"]


def test_contracts_of_a_customer() -> None:
    contract = given.booked(by=given.manager())
    given.booked(by=given.manager())
    rows = client_as("agent").get(f"{CUSTOMERS}{contract.customer_id}/contracts/").json()["data"]

    assert [row["reference"] for row in rows] == [contract.reference]


def test_countries_with_flag_and_dial_code() -> None:
    rows = client_as("agent").get("/api/v1/countries/").json()["data"]

    assert {"alpha2": "BA", "name": "Bosnia and Herzegovina", "flag": "🇧🇦", "dial_code": "+387"} in rows
    assert len(rows) >= 240


def test_upload_signed_download_and_delete_of_documents() -> None:
    client, document = client_as("agent"), DocumentFactory()
    sent = io.BytesIO(samples.pdf())
    sent.name = "licence.pdf"
    kept = client.post("/api/v1/files/", {"file": sent}, format="multipart").json()
    files = f"/api/v1/documents/{document.pk}/files/"
    client.post(files, {"attach": [kept["id"]]})
    link = client.get(f"{files}{kept['id']}/").json()
    gone = client.delete(f"{files}{kept['id']}/")

    assert "X-Amz-Expires=900" in link["url"]
    assert gone.status_code == 204


# Beyond the predecessor: known twice, merged, exported, erased.


def test_a_known_phone_needs_a_second_look() -> None:
    client, known = client_as("agent"), CustomerFactory(phone="+38761222333")
    body = {"name": "Somebody Else", "phone": "061 222 333", "country": "BA"}
    refused = client.post(CUSTOMERS, body)
    allowed = client.post(CUSTOMERS, {**body, "allow_duplicate": True})

    assert (refused.status_code, refused.json()["code"]) == (409, "possible_duplicate")
    assert refused.json()["candidates"] == [{"id": str(known.pk), "reasons": ["phone"]}]
    assert allowed.status_code == 201


def test_duplicates_are_listed_with_what_speaks_for_them() -> None:
    known, client = CustomerFactory(name="Žarko Đurđević", phone="+38761222333"), client_as("agent")
    rows = client.get(f"{CUSTOMERS}duplicates/", {"name": "zarko durdevic", "phone": "+38761222333"}).json()["data"]

    assert [(row["id"], row["reasons"]) for row in rows] == [(str(known.pk), ["phone", "name"])]
    assert client.get(f"{CUSTOMERS}duplicates/").status_code == 400
    assert client_as("viewer").get(f"{CUSTOMERS}duplicates/", {"name": "x"}).status_code == 403


def test_an_integrator_does_not_learn_who_else_is_known() -> None:
    CustomerFactory(phone="+38761222333")
    client = client_as("integrator")

    assert client.get(f"{CUSTOMERS}duplicates/", {"phone": "+38761222333"}).json()["data"] == []
    assert client.post(CUSTOMERS, {"name": "New", "phone": "+38761222333"}).status_code == 201


def test_merge() -> None:
    boss, kept, gone = client_as("manager"), CustomerFactory(), CustomerFactory()
    place = f"{CUSTOMERS}{kept.pk}/merge/"
    refused = boss.post(place, {"duplicate": str(gone.pk)})
    merged = boss.post(place, {"duplicate": str(gone.pk), "different_licences": True})

    assert (refused.json()["code"], merged.status_code) == ("different_licences", 200)
    assert boss.get(f"{CUSTOMERS}{gone.pk}/").json()["merged_into"] == str(kept.pk)
    assert boss.patch(f"{CUSTOMERS}{gone.pk}/", {"city": "X"}, HTTP_IF_MATCH="*").status_code == 409
    assert client_as("agent").post(place, {"duplicate": str(gone.pk)}).status_code == 403


def test_data_subject_export() -> None:
    contract = given.active(by=given.manager())
    answer = client_as("manager").get(f"{CUSTOMERS}{contract.customer_id}/data-export/")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        names = archive.namelist()

    assert {"index.html", "data/customer.json", f"agreements/{contract.reference}-1.pdf"} <= set(names)
    assert client_as("agent").get(f"{CUSTOMERS}{contract.customer_id}/data-export/").status_code == 403


def test_erasure_says_first_and_does_then() -> None:
    boss, customer = client_as("manager"), CustomerFactory(name="Amra")
    place = f"{CUSTOMERS}{customer.pk}/erase/"
    plan = boss.post(place, {}).json()
    done = boss.post(place, {"dry_run": False}).json()

    assert (plan["erased"], done["erased"], plan["goes"] == done["goes"]) == (False, True, True)
    assert boss.get(f"{CUSTOMERS}{customer.pk}/").json()["name"] == plan["pseudonym"]


def test_erasure_waits_for_an_open_contract() -> None:
    contract = given.booked(by=given.manager())
    answer = client_as("manager").post(f"{CUSTOMERS}{contract.customer_id}/erase/", {"dry_run": False})

    assert (answer.status_code, answer.json()["code"]) == (409, "erasure_waits")


# In the admin.


@pytest.fixture
def boss() -> Client:
    client = Client()
    client.force_login(UserFactory(role="manager"))
    return client


def page(step: str, customer: Customer) -> str:
    return reverse(f"admin:customers_customer_{step}", args=[customer.pk])


def test_the_admin_merges_exports_and_erases(boss: Client) -> None:
    kept, gone = CustomerFactory(licence_number=""), CustomerFactory()
    boss.post(page("merge", kept), {"duplicate": str(gone.pk)})
    data = boss.get(page("export_data", kept))
    assert b"".join(data.streaming_content)[:2] == b"PK"
    shown = boss.get(page("erase", kept)).content.decode()
    boss.post(page("erase", kept), {"sure": "on"})

    gone.refresh_from_db()
    assert (gone.merged_into, data["Content-Type"]) == (kept, "application/zip")
    assert "What stays, and why" in shown
    assert Customer.objects.get(pk=kept.pk).status == "anonymised"


def test_the_admin_asks_whether_somebody_is_known_and_lets_one_go_on(boss: Client) -> None:
    CustomerFactory(name="Žarko Đurđević")
    add = reverse("admin:customers_customer_add")
    asked = boss.post(add, form(name="Zarko Durdevic"))
    boss.post(add, form(name="Zarko Durdevic", allow_duplicate="on"))

    assert "Known already?" in asked.content.decode()
    assert "similar name" in asked.content.decode()
    assert Customer.objects.count() == 2
