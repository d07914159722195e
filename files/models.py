"""Files, and what they belong to: the rows here, the bytes in the private bucket."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import F, Func, IntegerField
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from files import kinds
from files.querysets import AttachmentQuerySet, FileQuerySet
from fleet.db.base import Base


class File(Base):
    """An upload that was checked. Written once; type, size and digest are of the bytes that are kept."""

    PREFIX: ClassVar = "files/"

    name = models.CharField(_("name"), max_length=120, editable=False)
    media_type = models.CharField(_("type"), max_length=100, choices=kinds.CHOICES, editable=False)
    size = models.PositiveIntegerField(_("size"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ("pk",)
        default_permissions = ("add",)

    def __str__(self) -> str:
        return f"{self.kind.label}, {max(self.size // 1000, 1)} kB"

    @property
    def kind(self) -> kinds.Kind:
        return kinds.KINDS[self.media_type]

    @property
    def key(self) -> str:
        return f"{self.PREFIX}{self.pk}"

    @property
    def preview_key(self) -> str:
        """Where a small picture of it is; only pictures have one."""
        return f"{self.key}.preview"

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key, self.preview_key) if self.kind.is_image else (self.key,)

    @staticmethod
    def holders() -> "list[type[Attachment]]":
        """Return the tables of the apps above that hold files."""
        return Attachment.__subclasses__()

    @staticmethod
    def holder_of(record: type[models.Model]) -> "type[Attachment]":
        for holder in Attachment.__subclasses__():
            if any(relation.related_model is holder for relation in record._meta.related_objects):
                return holder
        raise ImproperlyConfigured(f"{record._meta.label} holds no files.")


class Attachment(Base):
    """Abstract: a file belongs to exactly one record of the app; who may see that record may see the file.

    A subclass names its records as foreign keys that may be empty (on_delete CASCADE, related_name "attachments") and
    says `one_of(…)` about them in its constraints.
    """

    sensitive: ClassVar[bool] = False  # every look at a file of these is on record, and pictures carry who looked

    file = models.OneToOneField(File, models.PROTECT, related_name="+", verbose_name=_("file"))

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.file)

    @classmethod
    def name_for(cls, record: type[models.Model]) -> str:
        """Return the name of the foreign key that points to records of this kind."""
        return next(field.name for field in cls._meta.fields if field.related_model is record)


def one_of(name: str, records: Iterable[str]) -> models.CheckConstraint:
    """Return the constraint that exactly one of the foreign keys is set."""
    columns: list[Any] = [F(one) for one in records]
    return models.CheckConstraint(
        condition=Exact(Func(*columns, function="num_nonnulls", output_field=IntegerField()), 1),
        name=name,
        violation_error_message=_("A file belongs to exactly one record."),
    )
