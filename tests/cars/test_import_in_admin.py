"""Importing cars at the screen: upload, look, confirm."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cars.models import Car
from tests.factories.accounts import UserFactory
from tests.factories.cars import BranchFactory, CategoryFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/cars/car/import/"
GOOD = "plate;make;model;year;fuel\nA11-K-111;Škoda;Octavia;2022;DIESEL\n"


@pytest.fixture
def client() -> Client:
    BranchFactory()
    CategoryFactory(code="economy")
    browser = Client()
    browser.force_login(UserFactory(role="manager"))
    return browser


def upload(client: Client, text: str) -> object:
    file = SimpleUploadedFile("cars.csv", text.encode("cp1250"))
    return client.post(PAGE, {"format": "0", "resource": "", "import_file": file})


def test_a_file_is_shown_first_and_taken_when_confirmed(client: Client) -> None:
    shown = upload(client, GOOD)
    assert "Octavia" in shown.content.decode()  # type: ignore[attr-defined]
    assert not Car.objects.exists()
    form = shown.context["confirm_form"]  # type: ignore[attr-defined]
    done = client.post("/admin/cars/car/process_import/", form.initial)
    assert done.status_code == 302
    assert Car.objects.get().manufacturer == "Škoda"


def test_a_bad_row_is_shown_with_its_reason(client: Client) -> None:
    shown = upload(client, GOOD + "A2;Fiat;Panda;2022;GAZ\n")
    assert "is none of" in shown.content.decode()  # type: ignore[attr-defined]


def test_a_file_without_plates_is_refused_in_a_sentence(client: Client) -> None:
    shown = upload(client, "a;b\n1;2\n")
    assert "no column for license_plate" in shown.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ["agent", "mechanic", "viewer"])
def test_only_who_may_change_cars_imports_them(role: str) -> None:
    browser = Client()
    browser.force_login(UserFactory(role=role))
    assert browser.get(PAGE).status_code == 403
