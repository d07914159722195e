"""Orphans go, what is missing is told, and the bytes follow the rows."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from files import sweep, tasks, uploads
from files.models import File
from fleet.storage import bucket
from tests.factories.accounts import UserFactory
from tests.factories.customers import DocumentFactory
from tests.files import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_bucket() -> Iterator[None]:
    for one in list(bucket().everything("")):
        bucket().remove(one.key)
    return


def received(*, hours_ago: float = 0) -> File:
    with time_machine.travel(timedelta(hours=-hours_ago)):
        return uploads.receive(samples.picture(), "p.jpg", by=UserFactory(role="agent"))


def keys() -> set[str]:
    return {one.key for one in bucket().everything("files/")}


def checked(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("media_check", "--json", *options, stdout=out, stderr=StringIO())
    counts: dict[str, Any] = json.loads(out.getvalue())["counts"]
    return counts


def test_an_upload_that_was_never_attached_is_removed_after_a_day(django_capture_on_commit_callbacks: Any) -> None:
    old, fresh = received(hours_ago=25), received(hours_ago=23)
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.remove_orphans() == 1
    assert list(File.objects.all()) == [fresh]
    assert keys() == set(fresh.keys)
    assert not keys() & set(old.keys)


def test_an_attached_file_stays(django_capture_on_commit_callbacks: Any) -> None:
    file = received(hours_ago=25)
    uploads.attach(DocumentFactory(), [file.pk], by=file.created_by)
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.remove_orphans() == 0
    assert keys() == set(file.keys)


def test_an_object_without_a_row_is_removed_when_it_has_settled() -> None:
    bucket().put("files/stray", b"x", "text/plain")
    assert list(sweep.remove(sweep.look(now=timezone.now()))) == []
    assert list(sweep.remove(sweep.look(now=timezone.now() + timedelta(hours=2)))) == ["files/stray"]
    assert keys() == set()


def test_files_of_others_in_the_bucket_are_left_alone() -> None:
    bucket().put("agreements/1.pdf", b"x", "application/pdf")
    assert sweep.look(now=timezone.now() + timedelta(hours=2)).strays == []


def test_media_check_finds_nothing_in_a_clean_house() -> None:
    received()
    assert checked("--contents") == {"files": 1, "missing": 0, "wrong": 0, "orphans": 0, "removed": 0}


def test_media_check_names_what_is_missing_and_what_is_wrong() -> None:
    missing, cut, other = received(), received(), received()
    bucket().remove(missing.key)
    bucket().put(cut.key, b"short", "image/jpeg")
    bucket().put(other.key, b"x" * other.size, "image/jpeg")
    said = StringIO()
    with pytest.raises(CommandError, match="3 warning") as ended:
        call_command("media_check", "--contents", stderr=said)
    assert ended.value.returncode == 3
    assert f"{missing.pk} is not in the bucket" in said.getvalue()
    assert f"{cut.pk} is there with another size" in said.getvalue()
    assert f"{other.pk} is there with another content" in said.getvalue()


def test_media_check_removes_orphans_only_when_asked(django_capture_on_commit_callbacks: Any) -> None:
    received(hours_ago=25)
    assert checked()["removed"] == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert checked("--fix") == {"files": 1, "missing": 0, "wrong": 0, "orphans": 1, "removed": 1}
    assert keys() == set()


def test_discarding_the_files_of_a_record_removes_rows_and_bytes(django_capture_on_commit_callbacks: Any) -> None:
    file, document = received(), DocumentFactory()
    uploads.attach(document, [file.pk], by=file.created_by)
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.discard(document) == 1
    assert (File.objects.count(), document.attachments.count(), keys()) == (0, 0, set())


def test_bytes_that_s3_does_not_take_away_now_are_found_by_the_sweep(
    django_capture_on_commit_callbacks: Any, settings: Any
) -> None:
    file, document = received(), DocumentFactory()
    uploads.attach(document, [file.pk], by=file.created_by)
    up = settings.STORAGES
    down = {**up["default"], "OPTIONS": {**up["default"]["OPTIONS"], "endpoint_url": "http://127.0.0.1:9"}}
    settings.STORAGES = {**up, "default": down}
    with django_capture_on_commit_callbacks(execute=True):
        uploads.discard(document)
    settings.STORAGES = up
    assert set(sweep.remove(sweep.look(now=timezone.now() + timedelta(hours=2)))) == set(file.keys)
