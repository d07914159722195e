"""Answers of a kilobyte and more are compressed as the client likes it, and each form has its own tag."""

import gzip
import zlib
from typing import Any

import brotli
import pytest
from django.test import Client
from rest_framework.test import APIClient

from fleet.compression import LEAST, chosen
from tests.factories.accounts import UserFactory, client_as
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
BOTH = ("br", "gzip")
CUSTOMERS = "/api/v1/customers/"


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("*", "br"),
        ("*;q=0", ""),
        ("GZIP", "gzip"),
        ("gzip;q=much", ""),
    ],
)
def test_the_client_chooses(accepted: str, wanted: str) -> None:
    assert chosen(accepted, BOTH) == wanted


def opened(response: Any) -> bytes:
    raw: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    undo = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
    return bytes(undo[response.headers.get("Content-Encoding")](raw))


@pytest.fixture
def manager() -> APIClient:
    CustomerFactory.create_batch(25)
    return client_as("manager")


@pytest.mark.parametrize("encoding", BOTH)
def test_a_list_is_at_least_sixty_percent_smaller_and_the_same(manager: APIClient, encoding: str) -> None:
    plain = manager.get(CUSTOMERS)
    small = manager.get(CUSTOMERS, headers={"Accept-Encoding": encoding})
    assert (small["Content-Encoding"], int(small["Content-Length"])) == (encoding, len(small.content))
    assert opened(small) == plain.content
    assert len(small.content) < 0.4 * len(plain.content)
    assert all("Accept-Encoding" in one["Vary"] for one in (plain, small))


@pytest.mark.parametrize("encoding", BOTH)
def test_a_file_that_is_streamed_is_compressed_piece_by_piece(manager: APIClient, encoding: str) -> None:
    small = manager.get(f"{CUSTOMERS}export/", headers={"Accept-Encoding": encoding})
    plain = manager.get(f"{CUSTOMERS}export/")
    assert (small["Content-Encoding"], small.has_header("Content-Length")) == (encoding, False)
    assert opened(small) == opened(plain)


def test_what_is_small_or_compressed_already_stays_as_it_is(manager: APIClient) -> None:
    small = manager.get(f"{CUSTOMERS}?limit=1&q=nobody", headers={"Accept-Encoding": "gzip"})
    book = manager.get(f"{CUSTOMERS}export/?format=xlsx", headers={"Accept-Encoding": "gzip"})
    book.close()
    assert len(small.content) < LEAST
    assert not any(one.has_header("Content-Encoding") for one in (small, book))


def test_a_tag_names_the_form_and_is_understood_in_every_form() -> None:
    client, customer = client_as("manager"), CustomerFactory(notes="long " * 300)
    path = f"{CUSTOMERS}{customer.pk}/"
    tags = {form: client.get(path, headers={"Accept-Encoding": form})["ETag"] for form in ("identity", *BOTH)}
    assert tags["br"] == f'{tags["identity"][:-1]}-br"'
    assert len(set(tags.values())) == 3
    for tag in tags.values():
        unchanged = client.get(path, headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
        assert (unchanged.status_code, unchanged["ETag"]) == (304, tag)
    assert client.patch(path, {"notes": "x"}, headers={"If-Match": tags["br"]}).status_code == 200
    assert client.patch(path, {"notes": "y"}, headers={"If-Match": tags["gzip"]}).status_code == 412


def test_a_page_behind_a_cookie_is_padded_so_that_its_length_tells_nothing() -> None:
    browser = Client(headers={"accept-encoding": "gzip, br"})
    browser.force_login(UserFactory(role="manager"))
    found = [browser.get("/admin/cars/car/?q=abc") for _ in range(6)]
    assert {one["Content-Encoding"] for one in found} == {"gzip"}
    assert all(one.content[3] & 8 for one in found), "a name of random length stands in the head"
    names = {one.content[10:].split(b"\0")[0] for one in found}
    assert len({len(name) for name in names}) > 1
    assert b"<!DOCTYPE html>" in zlib.decompress(found[0].content, 16 + zlib.MAX_WBITS)
