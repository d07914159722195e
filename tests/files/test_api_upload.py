"""POST files/: what comes in, what is answered, and that nothing is half-kept."""

import hashlib
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from files.models import File
from fleet.local.process import free_port
from fleet.storage import PrivateStorage, StorageDown, bucket
from tests.factories.accounts import client_as
from tests.files import samples
from tests.files.conftest import fetched, post

pytestmark = pytest.mark.django_db


def test_an_upload_is_answered_with_what_was_found_in_its_bytes() -> None:
    client = client_as("agent")
    answer = post(client, samples.picture("PNG"), "invoice.pdf", "application/pdf")
    body = answer.json()
    kept = bucket().fetch(f"files/{body['id']}")
    assert answer.status_code == 201
    assert (body["name"], body["media_type"]) == ("invoice.png", "image/png")
    assert (body["size"], body["sha256"]) == (len(kept), hashlib.sha256(kept).hexdigest())
    assert body["created_by"] == str(client.user.pk)


def test_html_under_the_name_of_a_picture_is_refused_and_nothing_is_kept() -> None:
    answer = post(client_as("agent"), b"<html><script>alert(1)</script>", "photo.jpg", "image/jpeg")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "file_refused")
    assert problem["errors"][0]["pointer"] == "/file"
    assert not File.objects.exists()


def test_twenty_one_megabytes_are_refused_before_they_are_read() -> None:
    answer = post(client_as("agent"), b"\xff\xd8\xff" + b"\0" * (21 * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_second_part_or_none_is_refused() -> None:
    client = client_as("agent")
    assert client.post("/api/v1/files/", {}, format="multipart").status_code == 422
    assert client.post("/api/v1/files/", {"file": "text"}, format="multipart").status_code == 422


def test_nothing_but_a_form_is_understood() -> None:
    assert client_as("agent").post("/api/v1/files/", {"file": "x"}, format="json").status_code == 415


def test_a_form_is_understood_nowhere_else() -> None:
    file = SimpleUploadedFile("x.jpg", samples.picture())
    assert client_as("manager").post("/api/v1/insurances/", {"file": file}, format="multipart").status_code == 415


@pytest.mark.parametrize("role", ["accountant", "auditor", "viewer", "integrator"])
def test_who_may_attach_nothing_may_upload_nothing(role: str) -> None:
    assert post(client_as(role), samples.picture()).status_code == 403


def test_an_idempotency_key_does_not_pull_the_network_into_a_transaction() -> None:
    client: APIClient = client_as("agent")
    client.credentials(**client._credentials, HTTP_IDEMPOTENCY_KEY="a-key")
    assert post(client, samples.picture()).status_code == 201


def test_when_s3_is_down_an_upload_says_so_and_nothing_is_half_saved(s3_down: None) -> None:
    answer = post(client_as("agent"), samples.picture())
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_down")
    assert int(answer["Retry-After"]) > 0
    assert not File.objects.exists()


def test_when_s3_is_down_other_requests_do_not_notice(s3_down: None) -> None:
    client = client_as("agent")
    assert client.get("/api/v1/insurances/").status_code == 200
    assert client.get("/api/v1/auth/me/").status_code == 200


def test_what_lies_in_the_bucket_opens_with_a_signature_only() -> None:
    key = f"files/{post(client_as('agent'), samples.picture()).json()['id']}"
    url = bucket().link(key, media_type="image/jpeg", disposition="inline")
    assert fetched(url)[0] == 200
    assert fetched(url.split("?")[0])[0] == 403


def test_a_file_that_is_no_file_is_no_crash() -> None:
    client: Any = client_as("agent")
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    answer = client.generic("POST", "/api/v1/files/", body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (400, 422)


def test_after_a_silence_of_s3_nobody_else_waits_for_it(settings: Any) -> None:
    options = settings.STORAGES["default"]["OPTIONS"]
    port = free_port()
    store = PrivateStorage(**{**options, "endpoint_url": f"http://127.0.0.1:{port}"})
    with pytest.raises(StorageDown):
        store.put("files/x", b"x", "text/plain")
    with socket.create_server(("127.0.0.1", port)):  # accepts and never answers
        began = time.monotonic()
        with pytest.raises(StorageDown):
            store.put("files/x", b"x", "text/plain")
    assert time.monotonic() - began < 0.1


def test_a_silent_s3_does_not_hold_every_thread(settings: Any) -> None:
    settings.WEB_THREADS = 2
    with ThreadPoolExecutor(1) as other, socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        store = PrivateStorage(**{**settings.STORAGES["default"]["OPTIONS"], "endpoint_url": address})
        other.submit(store.put, "files/x", b"x", "text/plain")
        time.sleep(0.2)
        began = time.monotonic()
        with pytest.raises(StorageDown):
            store.put("files/y", b"y", "text/plain")
        assert time.monotonic() - began < 2
