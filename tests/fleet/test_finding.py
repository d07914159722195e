"""Ctrl-K: what is found, for whom, and at what cost."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import contracts as given
from tests.factories.accounts import UserFactory
from tests.factories.cars import CarFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
SEARCH = reverse("admin:search")


def client_in(role: str) -> Client:
    client = Client()
    client.force_login(UserFactory(role=role))
    return client


def found(text: str, role: str = "manager") -> str:
    return client_in(role).get(SEARCH, {"s": text}).content.decode()


@pytest.mark.parametrize("text", ["Hadžić", "hadzic", "Hadzicc", "Sead Hadzic"])
def test_a_customer_is_found_with_typos_and_without_accents(text: str) -> None:
    CustomerFactory(name="Sead Hadžić")
    assert "Sead Hadžić" in found(text)


def test_a_customer_is_found_by_phone_and_licence() -> None:
    CustomerFactory(name="Sead Hadžić", phone="+38761234567", licence_number="B1234567", licence_country="BA")
    assert [("Sead" in found(text)) for text in ("061 234 567", "b1234567")] == [True, True]


def test_a_number_finds_nobody_for_those_who_may_not_see_it() -> None:
    CustomerFactory(name="Sead Hadžić", phone="+38761234567")
    assert "Sead" not in found("061234567", "viewer")
    page = found("Sead", "viewer")
    assert ("Sead Hadžić" in page, "+38761234567" in page) == (True, False)


@pytest.mark.parametrize("text", ["a29e842", "A29-E", "octavia", "Skoda Octavja"])
def test_a_car_is_found_by_plate_make_and_model(text: str) -> None:
    CarFactory(license_plate="A29-E-842", manufacturer="Skoda", model="Octavia")
    assert "A29-E-842" in found(text)


def test_a_contract_is_found_by_its_number_its_last_digits_and_its_plate() -> None:
    contract = given.booked(by=given.manager())
    texts = (contract.reference, contract.reference.lower(), contract.reference[-6:].lstrip("0").zfill(2))
    assert [f"{contract.reference} ·" in found(text) for text in (*texts, contract.car.license_plate)] == [True] * 4


def test_pages_and_what_can_be_added_are_found_too() -> None:
    assert f'href="{reverse("admin:timeline")}"' in found("timel")
    assert f'href="{reverse("admin:cars_car_add")}"' in found("car")


@pytest.mark.parametrize("text", ["Izvještaji", "izvjestaji", "IZVJESTAJ", "izvjestai"])
def test_a_page_is_found_without_accents_and_with_a_wrong_letter(text: str) -> None:
    client = Client()
    client.force_login(UserFactory(role="manager", language="bs"))
    assert reverse("admin:reports") in client.get(SEARCH, {"s": text}).content.decode()


def test_each_sees_only_what_the_role_allows() -> None:
    contract = given.booked(by=given.manager(), customer=given.driver(name="Elma Weber"))
    page = found("Elma Weber", "mechanic") + found(contract.reference, "mechanic")
    assert ("Elma" in page, contract.reference + " ·" in page) == (False, False)
    assert reverse("admin:cars_car_add") not in found("car", "viewer")


def test_what_is_renamed_is_found_under_its_new_name_at_once() -> None:
    customer, client = CustomerFactory(name="Elma Weber"), client_in("manager")
    client.get(SEARCH, {"s": "Selma"})
    customer.name = "Selma Weber"
    customer.save()
    answer = client.get(SEARCH, {"s": "Selma"})
    assert b"Selma Weber" in answer.content
    assert "no-store" in answer["Cache-Control"]


def test_six_of_each_kind_at_nine_queries_however_many_there_are() -> None:
    CustomerFactory.create_batch(9, name="Ana Babić")
    CarFactory.create_batch(9, manufacturer="Ana")
    client = client_in("manager")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(SEARCH, {"s": "ana"}).content.decode()
    assert (page.count("<strong>Ana Babić"), page.count(">directions_car<")) == (6, 6)
    # Who asks (session, user, roles, rights, second factor), one of each kind, and the cars of contracts.
    assert len(queries) <= 9


@pytest.mark.parametrize("text", ["", "x", "%", "\0\0", "'; --", "x" * 5000, "💥💥"])
def test_anything_may_be_typed(text: str) -> None:
    assert client_in("manager").get(SEARCH, {"s": text}).status_code == 200


def test_a_stranger_finds_nothing() -> None:
    assert Client().get(SEARCH, {"s": "ana"}).status_code == 302
