"""Importing cars at the screen: upload, look, take the good rows, have the bad ones back."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cars.models import Car
from tests.factories.accounts import UserFactory
from tests.factories.cars import BranchFactory, CategoryFactory

pytestmark = pytest.mark.django_db
PAGE, DECIDE = "/admin/cars/car/import/", "/admin/cars/car/process_import/"
GOOD = "plate;make;model;year;fuel\nA11-K-111;Škoda;Octavia;2022;DIESEL\n"
MIXED = GOOD + "A22-K-222;Fiat;Panda;2022;GAZ\nA33-K-333;Fiat;Tipo;1822;PETROL\n"


def desk(**fields: Any) -> Client:
    browser = Client()
    browser.force_login(UserFactory(**{"role": "manager", **fields}))
    return browser


@pytest.fixture
def client() -> Client:
    BranchFactory()
    CategoryFactory(code="economy")
    return desk()


def upload(client: Client, text: str) -> str:
    file = SimpleUploadedFile("cars.csv", text.encode("cp1250"))
    return client.post(PAGE, {"import_file": file}).content.decode()


def decide(client: Client, page: str, **more: str) -> Any:
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key
    return client.post(DECIDE, {"key": key[1], **more})


def test_a_file_is_shown_first_and_taken_when_that_is_decided(client: Client) -> None:
    shown = upload(client, GOOD)
    assert "1 new car" in shown
    assert not Car.objects.exists()

    assert decide(client, shown).status_code == 200
    assert Car.objects.get().manufacturer == "Škoda"


def test_bad_cells_are_named_with_their_column_and_what_they_say(client: Client) -> None:
    shown = upload(client, MIXED)

    assert "column fuel (“GAZ”) is none of" in shown
    assert "column year (“1822”) is no whole number from 1900" in shown
    assert "Row 3" in shown


def test_the_good_rows_go_in_and_the_bad_ones_stay_to_be_seen(client: Client) -> None:
    done = decide(client, upload(client, MIXED)).content.decode()

    assert [car.license_plate for car in Car.objects.all()] == ["A11-K-111"]
    assert "column fuel (“GAZ”)" in done


def test_the_bad_rows_come_back_as_csv_with_the_reason_and_can_be_mended(client: Client) -> None:
    file = b"".join(decide(client, upload(client, MIXED), refused="1")).decode("utf-8-sig")
    head, first, second = csv.reader(io.StringIO(file))

    assert (head[-1], first[0], second[0]) == ("why", "A22-K-222", "A33-K-333")
    assert "GAZ" in first[-1]
    assert not Car.objects.exists()
    decide(client, upload(client, file.replace("GAZ", "diesel").replace("1822", "2022")))
    assert Car.objects.count() == 2


def test_taken_twice_it_changes_nothing_more(client: Client) -> None:
    shown = upload(client, GOOD)
    decide(client, shown)

    assert "1 as before" in decide(client, shown).content.decode()
    assert Car.objects.get().version == 1


def test_nobody_decides_about_somebody_elses_file_nor_an_old_one(client: Client) -> None:
    shown = upload(client, GOOD)

    assert decide(desk(), shown)["Location"] == PAGE
    assert client.post(DECIDE, {"key": "x"})["Location"] == PAGE
    assert not Car.objects.exists()


def test_reasons_are_in_the_readers_language(client: Client) -> None:
    assert "kolona fuel („GAZ“) nije nijedno od" in upload(desk(language="bs"), MIXED)


@pytest.mark.parametrize(("text", "why"), [("a;b\n1;2\n", "no column for license_plate"), ("", "is empty")])
def test_a_file_that_is_no_list_of_cars_is_refused_in_a_sentence(client: Client, text: str, why: str) -> None:
    assert why in upload(client, text)


def test_without_a_file_one_is_asked_for(client: Client) -> None:
    assert "Choose a file." in client.post(PAGE, {}).content.decode()


@pytest.mark.parametrize("role", ["agent", "mechanic", "viewer"])
def test_only_who_may_change_cars_imports_them(role: str) -> None:
    browser = desk(role=role)

    assert browser.get(PAGE).status_code == browser.post(DECIDE).status_code == 403
