"""A link of the chain."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.chain import Segment


class Seal(models.Model):
    """The proof over a run of entries. Written once; retention alone adds where they went (a trigger sees to it)."""

    number = models.PositiveIntegerField(_("number"), primary_key=True)
    previous = models.BinaryField(_("digest of the seal before"), max_length=32)
    after_id = models.BigIntegerField(_("after entry"))
    last_id = models.BigIntegerField(_("up to entry"), unique=True)
    entries = models.PositiveIntegerField(_("entries"))
    first_at = models.DateTimeField(_("from"))
    last_at = models.DateTimeField(_("to"))
    sealed_at = models.DateTimeField(_("sealed at"))
    rows = models.BinaryField(_("digest of the rows"), max_length=32)
    digest = models.BinaryField(_("digest"), max_length=32)
    leaves = models.BinaryField(_("rows"), null=True)
    exported_at = models.DateTimeField(_("exported at"), null=True)
    export_name = models.CharField(_("export"), max_length=200, blank=True)
    export_sha256 = models.CharField(_("SHA-256 of the export"), max_length=64, blank=True)
    removed_at = models.DateTimeField(_("removed at"), null=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(condition=Q(entries__gt=0, number__gt=0), name="seal_covers_something"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, leaves__isnull=False)
                | Q(removed_at__isnull=False, leaves__isnull=True) & ~Q(export_sha256=""),
                name="seal_exported_before_removed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}: {bytes(self.digest).hex()[:16]}"

    def segment(self) -> Segment:
        return Segment(
            number=self.number,
            previous=bytes(self.previous),
            after_id=self.after_id,
            last_id=self.last_id,
            entries=self.entries,
            first_at=instant(self.first_at),
            last_at=instant(self.last_at),
            sealed_at=instant(self.sealed_at),
            rows=bytes(self.rows),
            digest=bytes(self.digest),
            leaves=None if self.leaves is None else bytes(self.leaves),
        )


def instant(moment: datetime) -> str:
    """Return the moment as it is hashed: UTC, always with microseconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
