"""The private bucket: django-storages, made to answer or to give up quickly; nobody else talks to S3."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.storage import storages
from django.utils.translation import gettext_lazy as _
from storages.backends.s3 import S3Storage

from fleet.errors import DomainError

LINK_SECONDS: Final = 15 * 60
SILENCE_SECONDS: Final = 5
_PLACE_SECONDS: Final = 1.0  # how long one waits for a place among those who talk to S3


class StorageDown(DomainError):
    """S3 does not answer, or answers that it cannot."""

    code = "storage_down"
    status = 503
    detail = _("The file storage does not answer. Nothing was saved; try again in a moment.")
    headers = {"Retry-After": "10"}


@dataclass(frozen=True)
class Stored:
    """One object of the bucket."""

    key: str
    size: int
    changed_at: datetime


class PrivateStorage(S3Storage):  # type: ignore[misc]
    """Django's default storage; `put`, `fetch`, `link`, `remove` and `everything` are what Fleet itself uses."""

    def __init__(self, **options: Any) -> None:
        self.public_endpoint: str | None = options.pop("public_endpoint", None) or options.get("endpoint_url")
        style = {"addressing_style": options.get("addressing_style", "path")}
        # The person who waits is told after seconds; botocore's own patience is minutes.
        options["client_config"] = Config(
            s3=style, signature_version="s3v4", connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2}
        )
        super().__init__(**options)
        self._silent_until: float | None = None
        # An S3 that takes its time must leave threads to those who do not need it.
        self._places = threading.BoundedSemaphore(max(1, settings.WEB_THREADS // 2))

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Translate what S3 does not answer; after a silence one asks every few seconds, and nobody else waits."""
        if self._silent_until is not None:
            if time.monotonic() < self._silent_until:
                raise StorageDown
            self._silent_until = time.monotonic() + SILENCE_SECONDS
        if not self._places.acquire(timeout=_PLACE_SECONDS):
            raise StorageDown
        try:
            yield
            self._silent_until = None
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                raise
            raise StorageDown from error
        except BotoCoreError as error:  # no connection, a time-out, an answer cut short
            self._silent_until = time.monotonic() + SILENCE_SECONDS
            raise StorageDown from error
        finally:
            self._places.release()

    def put(self, key: str, content: bytes, media_type: str) -> None:
        with self._reached():
            self._client.put_object(Bucket=self.bucket_name, Key=key, Body=content, ContentType=media_type)

    def fetch(self, key: str) -> bytes:
        """Return the content. Raises FileNotFoundError."""
        try:
            with self._reached(), self._client.get_object(Bucket=self.bucket_name, Key=key)["Body"] as body:
                content: bytes = body.read()
        except ClientError as error:
            raise FileNotFoundError(key) from error
        return content

    def link(self, key: str, *, media_type: str, disposition: str) -> str:
        """Return a URL that opens the object for 15 minutes, with exactly this type; made without the network."""
        asked = {
            "Bucket": self.bucket_name,
            "Key": key,
            "ResponseContentType": media_type,
            "ResponseContentDisposition": disposition,
            "ResponseCacheControl": "private, no-store",
        }
        url: str = self._signer.generate_presigned_url("get_object", asked, ExpiresIn=LINK_SECONDS)
        return url

    def remove(self, key: str) -> None:
        """Remove the object; one that is gone already is no error."""
        with self._reached():
            self._client.delete_object(Bucket=self.bucket_name, Key=key)

    def everything(self, prefix: str) -> Iterator[Stored]:
        """Yield what lies under the prefix, a thousand to a request."""
        with self._reached():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=prefix):
                for one in page.get("Contents", ()):
                    yield Stored(one["Key"], one["Size"], one["LastModified"])

    def _save(self, name: str, content: Any) -> str:
        with self._reached():
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> Any:
        with self._reached():
            return super()._open(name, mode)

    def exists(self, name: str) -> bool:
        with self._reached():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        with self._reached():
            super().delete(name)

    # One client for all threads (boto3 says clients are safe, sessions are not); made when first needed.
    @cached_property
    def _client(self) -> Any:
        return self._made(self.endpoint_url)

    @cached_property
    def _signer(self) -> Any:
        """A client that knows the bucket by the address under which browsers reach it."""
        return self._client if self.public_endpoint == self.endpoint_url else self._made(self.public_endpoint)

    def _made(self, endpoint: str | None) -> Any:
        return Session().client(
            "s3",
            endpoint_url=endpoint,
            region_name=self.region_name,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            aws_session_token=self.security_token,
            config=self.client_config,
        )


def bucket() -> PrivateStorage:
    """Return the one private bucket."""
    found: PrivateStorage = storages["default"]  # type: ignore[assignment]
    return found
