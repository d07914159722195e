"""Questions about files."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from fleet.db.base import BaseQuerySet

if TYPE_CHECKING:
    from files.models import Attachment, File

KEPT_LOOSE: Final = timedelta(hours=24)  # a clerk may finish a form after lunch


def holds_files(record: Any) -> Exists:
    """Return the condition that a row of this model holds a file."""
    holder: Any = record._meta.get_field("attachments").related_model
    return Exists(holder.objects.filter(**{holder.name_for(record): OuterRef("pk")}))


class FileQuerySet(BaseQuerySet["File"]):
    def loose(self) -> "FileQuerySet":
        """Belonging to nothing: just uploaded, or left behind by a record that is gone."""
        found = self
        for holder in self.model.holders():
            found = found.exclude(Exists(holder._default_manager.filter(file=OuterRef("pk"))))
        return found

    def abandoned(self, *, now: datetime) -> "FileQuerySet":
        """Loose for so long that nobody will come back for them."""
        return self.loose().filter(created_at__lt=now - KEPT_LOOSE)

    def chosen(self, ids: Iterable[UUID]) -> "FileQuerySet":
        """Return these, locked in one order until the end of the transaction."""
        return self.filter(pk__in=list(ids)).order_by("pk").select_for_update(no_key=True)

    def of(self, record: Any) -> "FileQuerySet":
        """Return the files of a record, as they were attached."""
        mine = self.model.holder_of(type(record)).objects.of(record)
        return self.filter(pk__in=mine.values("file"))


class AttachmentQuerySet(BaseQuerySet["Attachment"]):
    def of(self, record: Any) -> "AttachmentQuerySet":
        return self.filter(**{self.model.name_for(type(record)): record.pk})
