"""From bytes to a file that belongs to a record, and away again.

The bucket is talked to before and after transactions, never inside one. What is cut off between the two is found by
files/sweep.py: an object without a row, or a file that belongs to nothing.
"""

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from files import names
from files.errors import NotYours, RecordFinal, TooMany
from files.inspection import inspect
from files.models import Attachment, File
from fleet.actor import acting_as, verb
from fleet.errors import NotFound
from fleet.storage import bucket

MOST_PER_RECORD: Final = 40


def receive(content: bytes, name: str, *, by: User) -> File:
    """Check an upload, keep it in the bucket, then write its row. Call it outside any transaction.

    Raises Refused, TooLarge, and StorageDown when nothing was kept.
    """
    found = inspect(content)
    file = File(
        name=names.safe(name, found.kind),
        media_type=found.kind.media_type,
        size=len(found.content),
        sha256=hashlib.sha256(found.content).hexdigest(),
        created_by=by,
    )
    if found.preview:
        bucket().put(file.preview_key, found.preview, "image/jpeg")
    bucket().put(file.key, found.content, file.media_type)
    with transaction.atomic(durable=True), acting_as(by):
        file.save()
    return file


@verb
def attach(record: Any, ids: Sequence[UUID], *, by: User, **about: Any) -> list[Attachment]:
    """Let files that `by` has uploaded belong to the record; `about` are further fields of the attachment.

    Raises NotYours, TooMany, and RecordFinal for a record that does not change any more.
    """
    _require_open(record)
    holder = File.holder_of(type(record))
    wanted = set(ids)
    if holder.objects.of(record).count() + len(wanted) > MOST_PER_RECORD:
        raise TooMany(MOST_PER_RECORD)
    free = list(File.objects.loose().filter(created_by=by).chosen(wanted))
    if len(free) < len(wanted):
        raise NotYours
    place = holder.name_for(type(record))
    return [holder.objects.create(**{place: record, "file": file, **about}) for file in free]


@verb
def detach(record: Any, file_id: UUID, *, by: User | None) -> None:
    """Take one file from the record and remove it. Raises NotFound and RecordFinal."""
    _require_open(record)
    attachment = File.holder_of(type(record)).objects.of(record).filter(file=file_id).select_related("file").first()
    if attachment is None:
        raise NotFound(gettext("There is no file %(id)s here.") % {"id": file_id})
    _remove(attachment)


@verb
def discard(record: Any, *, by: User | None = None) -> int:
    """Remove every file of the record and return how many; the bytes go after the commit, or with the next sweep."""
    attachments = list(File.holder_of(type(record)).objects.of(record).select_related("file"))
    for attachment in attachments:
        _remove(attachment)
    return len(attachments)


def remove(file: File) -> None:
    """Delete a file that belongs to nothing, in the current transaction; its bytes go after the commit."""
    keys = file.keys
    file.delete()
    for key in keys:
        # Robust: what S3 does not take now, the next sweep finds.
        transaction.on_commit(partial(bucket().remove, key), robust=True)


def _require_open(record: Any) -> None:
    """Lock a record that may be final, and refuse when it is."""
    if hasattr(record, "is_final") and type(record)._default_manager.lock(record.pk).is_final:
        raise RecordFinal


def _remove(attachment: Attachment) -> None:
    attachment.delete()
    remove(attachment.file)
