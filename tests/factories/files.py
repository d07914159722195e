"""Rows of files, without bytes; tests that need those upload them."""

from typing import Any

import factory

from files import uploads
from files.models import File
from tests.factories.accounts import UserFactory


class FileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = File

    name = "photo.jpg"
    media_type = "image/jpeg"
    size = 48_000
    sha256 = "0" * 64
    created_by = factory.SubFactory(UserFactory)


def attached(record: Any, **about: Any) -> File:
    """Return a file that belongs to the record."""
    file: File = FileFactory()
    uploads.attach(record, [file.pk], by=file.created_by, **about)
    return file
