"""Scans of papers are kept as long as they prove something, and not a day for curiosity."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from customers import holders
from customers.models import Document
from files import uploads
from fleet.actor import verb

_BATCH: Final = 200


def purge(*, now: datetime) -> int:
    """Remove the scans of customers whose last contract closed FLEET_SCAN_RETENTION_DAYS ago; return how many files.

    Each document says in `purge_after` when its turn comes; a new contract puts it off. Again it removes nothing.
    """
    return sum(_settle(pk, free, now=now) for pk, free in _asked())


def _asked() -> Iterator[tuple[UUID, datetime | None]]:
    """Yield documents with scans and since when nothing needs them; None while something does."""
    documents = Document.objects.filter(pk__in=_with_scans()).order_by("pk")
    last: Any = None
    while batch := list((documents.filter(pk__gt=last) if last else documents)[:_BATCH]):
        free: dict[UUID, datetime | None] = {}
        for holder in holders.all_holders():
            free.update(holder.free_since({one.customer_id for one in batch}))
        for one in batch:
            since = free.get(one.customer_id, one.created_at)
            yield one.pk, max(since, one.created_at) if since else None
        last = batch[-1].pk


def _with_scans() -> Any:
    return Document.objects.filter(attachments__isnull=False).values("pk")


@verb
def _settle(document_id: UUID, free: datetime | None, *, now: datetime) -> int:
    document = Document.objects.lock(document_id)
    due = _day(free) if free else None
    if document.purge_after != due:
        document.purge_after = due
        document.save(update_fields=["purge_after"])
    if due is None or due > timezone.localdate(now):
        return 0
    return uploads.discard(document)


def _day(free: datetime) -> date:
    return timezone.localdate(free) + timedelta(days=settings.SCAN_RETENTION_DAYS)
