"""A list of the admin as a file: what is filtered, in the columns and the language of whoever takes it."""

import csv
import io
from typing import Any

import pytest
import time_machine
from auditlog.models import LogEntry
from django.contrib import admin
from django.test import Client
from openpyxl import load_workbook

from accounts import columns
from accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.cars import CarFactory
from tests.factories.contracts import OUT_AT, active, manager
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
CARS = "cars.car"


@pytest.fixture
def user() -> User:
    return manager()


def taken(user: User, label: str, kind: str = "csv", query: str = "") -> Any:
    client = Client()
    client.force_login(user)
    return client.get(f"/admin/lists/{label}/{kind}/?{query}")


def rows(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


def test_it_has_the_rows_that_are_filtered_in_their_order(user: User) -> None:
    for plate, model in (("AAA", "Golf"), ("BBB", "Golf"), ("CCC", "Zoe")):
        CarFactory(license_plate=plate, model=model)

    assert [row[0] for row in rows(taken(user, CARS, query="q=Golf&o=-1"))[1:]] == ["BBB", "AAA"]


def test_it_has_the_chosen_columns_with_heads_in_the_readers_language() -> None:
    reader = UserFactory(role="manager", language="bs")
    CarFactory(license_plate="AAA", color="red", fuel_type="diesel")
    columns.choose(CARS, ["color", "fuel_type"], by=reader)

    assert rows(taken(reader, CARS)) == [["Tablice", "Boja", "Gorivo"], ["AAA", "red", "dizel"]]


def test_sums_are_numbers_and_every_page_is_in_it(user: User) -> None:
    for _number in range(30):
        CarFactory(daily_rate="41.50")
    columns.choose(CARS, ["figure_rate"], by=user)
    sheet: Any = load_workbook(io.BytesIO(b"".join(taken(user, CARS, "xlsx")))).active

    assert [cell.value for cell in sheet["B"]][1:] == [41.5] * 30


def test_what_a_list_adds_to_its_rows_is_in_the_file_too(user: User) -> None:
    CarFactory(rentable=True)
    head, car = rows(taken(user, CARS))

    assert car[head.index("Now")] == "free"


def test_a_rentals_money_and_status_are_plain(user: User) -> None:
    rental = active(by=user)
    with time_machine.travel(OUT_AT, tick=False):
        head, row = rows(taken(user, "contracts.contract"))

    assert row[head.index("Total")] == str(rental.total)
    assert row[head.index("Status")] == "on rent"


def test_it_is_on_record_without_what_was_looked_for(user: User) -> None:
    rows(taken(user, CARS, query="q=secret"))
    entry = LogEntry.objects.filter(additional_data__what="export").get()

    assert entry.additional_data["filters"] == ["q"]
    assert "secret" not in str(entry.additional_data)


@pytest.mark.parametrize(
    ("role", "label", "status"),
    [
        ("viewer", "customers.customer", 403),
        ("viewer", "contracts.contract", 403),
        ("mechanic", "customers.customer", 403),
        ("auditor", "auditlog.logentry", 403),
        ("auditor", "contracts.contract", 200),
        ("agent", "customers.customer", 200),
        ("admin", "cars.nothing", 404),
    ],
)
def test_it_is_for_who_may_take_the_same_from_the_api(role: str, label: str, status: int) -> None:
    CustomerFactory()

    assert taken(UserFactory(role=role), label).status_code == status


def test_nonsense_in_the_address_is_not_found(user: User) -> None:
    assert taken(user, CARS, "pdf").status_code == 404
    assert taken(user, CARS, query="nothing=1").status_code == 404


def test_too_many_rows_are_refused_in_words(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fleet.admin.exporting.MOST_ROWS", {"csv": 0})
    CarFactory()

    assert taken(user, CARS, query="q=")["Location"] == "/admin/cars/car/?q="


def test_every_list_can_be_taken() -> None:
    boss = UserFactory(role="admin")
    wrong = {}
    for model, model_admin in admin.site._registry.items():
        allowed = model_admin.export_permissions is not None  # type: ignore[attr-defined]
        answer = taken(boss, model._meta.label_lower)
        if answer.status_code != (200 if allowed else 403):
            wrong[model._meta.label] = answer.status_code

    assert wrong == {}
