"""Upload, signed download and deletion of documents."""

from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from rest_framework.test import APIClient

from files.models import File
from tests.factories.accounts import client_as
from tests.factories.cars import InsuranceFactory
from tests.files import samples
from tests.files.conftest import post

pytestmark = pytest.mark.django_db
KINDS = {
    "image": (samples.picture(), "photo.jpg", "image/jpeg"),
    "pdf": (samples.pdf(), "policy.pdf", "application/pdf"),
    "word": (samples.docx(), "letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "excel": (samples.xlsx(), "costs.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@pytest.fixture
def boss() -> APIClient:
    return client_as("manager")


@pytest.fixture
def place() -> str:
    return f"/api/v1/insurances/{InsuranceFactory().pk}/files/"


def kept(boss: APIClient, place: str, kind: str) -> str:
    sent = post(boss, *KINDS[kind])
    assert sent.status_code == 201, sent.json()
    boss.post(place, {"attach": [sent.json()["id"]]})
    return f"{place}{sent.json()['id']}/"


@pytest.mark.parametrize("kind", list(KINDS))
def test_upload_of_images_pdf_and_office(kind: str, boss: APIClient, place: str) -> None:
    kept(boss, place, kind)

    [shown] = boss.get(place).json()
    assert shown["media_type"] == KINDS[kind][2]


def test_upload_of_more_than_twenty_megabytes_is_refused(boss: APIClient) -> None:
    assert post(boss, b"%PDF-1.7" + bytes(21 * 1024 * 1024), "big.pdf", "application/pdf").status_code == 413
    assert not File.objects.exists()


def test_signed_download(boss: APIClient, place: str) -> None:
    link = boss.get(kept(boss, place, "pdf")).json()["url"]

    assert "X-Amz-Expires=900" in link
    with urlopen(link) as answer:  # noqa: S310 - our own S3
        assert answer.read() == KINDS["pdf"][0]


def test_delete(boss: APIClient, place: str) -> None:
    one = kept(boss, place, "image")

    assert boss.delete(one).status_code == 204
    assert boss.get(one).status_code == 404


def test_content_is_checked_and_not_trusted(boss: APIClient) -> None:
    answer = post(boss, b"MZ\x90\x00 a program", "photo.jpg", "image/jpeg")

    assert (answer.status_code, answer.json()["code"]) == (422, "file_refused")


@pytest.mark.parametrize("wanted", ["../../etc/passwd", "%2e%2e%2fetc%2fpasswd", "/etc/passwd", "..%5c..%5cboot.ini"])
def test_no_path_leads_to_a_file_of_the_machine(wanted: str, boss: APIClient, place: str) -> None:
    assert boss.get(f"{place}{wanted}").status_code == 404
    answer: Any = post(boss, samples.pdf(), wanted, "application/pdf")
    assert answer.status_code == 201
    assert Path(answer.json()["name"]).name == answer.json()["name"]
