"""What tests of files share."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from fleet.local.process import free_port
from tests.files import samples


@pytest.fixture
def s3_down(settings: Any) -> Iterator[None]:
    """Lead to a port where nobody listens."""
    options = {**settings.STORAGES["default"]["OPTIONS"], "endpoint_url": f"http://127.0.0.1:{free_port()}"}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}
    return


@pytest.fixture
def upload() -> Callable[..., UUID]:
    """Return a function that uploads as a client and returns the id."""

    def send(client: APIClient, content: bytes = b"", name: str = "photo.jpg") -> UUID:
        answer = post(client, content or samples.picture(where=True), name)
        assert answer.status_code == 201, answer.json()
        return UUID(answer.json()["id"])

    return send


def post(client: APIClient, content: bytes, name: str = "photo.jpg", media_type: str = "image/jpeg") -> Any:
    return client.post("/api/v1/files/", {"file": SimpleUploadedFile(name, content, media_type)}, format="multipart")


def fetched(url: str) -> tuple[int, Any, bytes]:
    try:
        with urlopen(url, timeout=10) as answer:  # noqa: S310 - our own S3
            return answer.status, answer.headers, answer.read()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read()
