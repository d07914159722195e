"""Columns of lists: chosen by each for himself, forgotten again, and the same number in everybody's addresses."""

import re

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import columns, saving
from accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.cars import CarFactory
from tests.factories.contracts import booked, manager
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
CARS, CONTRACTS, CUSTOMERS = "cars.car", "contracts.contract", "customers.customer"
MENU = reverse("admin:columns")


def desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, label: str, query: str = "") -> str:
    return desk(user).get(f"/admin/{label.replace('.', '/')}/?{query}").content.decode()


def heads(user: User, label: str) -> list[str]:
    return re.findall(r"<th[^>]*column-(?:figure_)?(\w+)", page(user, label))


def ticked(user: User, label: str) -> list[str]:
    return re.findall(r'name="column" value="(\w+)" checked', page(user, label))


def cells(user: User, name: str, query: str = "") -> list[str]:
    found = re.findall(rf'class="[^"]*field-{name}[^"]*"[^>]*>(.*?)</t[dh]>', page(user, CARS, query), re.S)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in found]


@pytest.fixture
def user() -> User:
    CarFactory(license_plate="AAA", color="red", model="Zoe")
    CarFactory(license_plate="BBB", color="blue", model="Astra")
    return manager()


def test_who_chooses_sees_his_columns_and_the_first_nobody_else_does(user: User) -> None:
    client = desk(user)
    client.post(MENU, {"model": CARS, "column": ["color", "category", "no_such"], "query": "q=A"})

    assert ticked(user, CARS) == ["category", "color"]
    assert cells(user, "color") == ["red", "blue"]
    assert cells(user, "license_plate") == ["AAA", "BBB"]
    assert "color" not in ticked(manager(), CARS)


def test_a_choice_leads_back_to_the_list_as_it_was_filtered(user: User) -> None:
    answer = desk(user).post(MENU, {"model": CARS, "column": ["color"], "query": "q=A&p=2"})

    assert answer["Location"] == "/admin/cars/car/?q=A"


def test_the_lists_own_columns_come_back(user: User) -> None:
    before = ticked(user, CARS)
    client = desk(user)
    client.post(MENU, {"model": CARS, "column": ["color"]})
    client.post(MENU, {"model": CARS, "reset": "1"})

    assert ticked(user, CARS) == before
    assert User.objects.get(pk=user.pk).columns == {}


def test_a_choice_is_no_change_of_the_account(user: User) -> None:
    before = User.objects.get(pk=user.pk).version
    columns.choose(CARS, ["color"], by=user)

    assert User.objects.get(pk=user.pk).version == before
    assert not LogEntry.objects.get_for_object(user).filter(changes__has_key="columns").exists()


@pytest.mark.parametrize("query", ["o=2", "o=-2", "o=9", "o=99", "o=x", "o=2.-3"])
def test_an_address_sorts_alike_for_everybody_whatever_he_sees(user: User, query: str) -> None:
    other = manager()
    columns.choose(CARS, ["color"], by=other)

    assert cells(user, "license_plate", query) == cells(other, "license_plate", query)


def test_the_head_of_a_column_sorts_by_it_whatever_stands_before_it(user: User) -> None:
    columns.choose(CARS, ["odometer_km", "color"], by=user)
    link = re.search(r'column-figure_odometer_km.*?href="\?(o=[^"]+)"', page(user, CARS), re.S)

    assert link
    assert link[1].startswith("o=5")


def test_a_saved_filter_sorts_in_the_api_as_in_the_list_of_who_sees_other_columns(user: User) -> None:
    columns.choose(CARS, ["color"], by=user)
    saved = saving.save(CARS, "o=-2", "By make", by=user)

    assert cells(user, "license_plate", saved.query) == cells(manager(), "license_plate", "o=-2")


def test_what_one_may_not_see_is_not_offered_nor_shown(user: User) -> None:
    booked(by=user)
    CustomerFactory(email="zoran@example.com")
    viewer = UserFactory(role="viewer")
    columns.choose(CONTRACTS, ["figure_balance", "channel"], by=viewer)
    columns.choose(CUSTOMERS, ["email"], by=viewer)

    assert ticked(viewer, CONTRACTS) == ["channel"]
    assert "zoran@example.com" not in page(viewer, CUSTOMERS)
    assert "•" in page(viewer, CUSTOMERS)


def test_lists_that_one_may_not_see_are_refused(user: User) -> None:
    client = desk(UserFactory(role="mechanic"))

    assert client.post(MENU, {"model": CUSTOMERS, "column": ["email"]}).status_code == 403
    assert client.post(MENU, {"model": "a.b"}).status_code == 404
    assert client.get(MENU).status_code == 405


def test_chosen_columns_cost_the_same_for_many_rows(user: User) -> None:
    columns.choose(CONTRACTS, ["category", "pickup_branch", "created_by", "customer", "car"], by=user)
    client, counts = desk(user), []
    for _step in range(3):
        booked(by=user)
        with CaptureQueriesContext(connection) as asked:
            client.get("/admin/contracts/contract/")
        counts.append(len(asked))

    assert counts[1] == counts[2]
