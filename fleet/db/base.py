"""What every row has: a time-ordered id, who and when, and a version that makes lost updates impossible."""

from collections.abc import Collection, Iterable
from contextlib import nullcontext
from datetime import date
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models, router, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from fleet import actor
from fleet.db.loaded import Remembering
from fleet.db.period import EARLIEST_YEAR, LATEST_YEAR
from fleet.errors import NotFound, Stale


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): ordered by time, so that new rows land at the end of the index."""
    return UUID(int=uuid7().int)


def _meant(day: Any) -> bool:
    return not isinstance(day, date) or EARLIEST_YEAR <= day.year < LATEST_YEAR


class BaseQuerySet[M: models.Model](models.QuerySet[M]):
    def lock(self, pk: Any) -> M:
        """Return the row, locked until the end of the transaction. Raises NotFound.

        FOR NO KEY UPDATE: other transactions may still insert rows that point at this one.
        """
        try:
            return self.select_for_update(no_key=True, of=("self",)).get(pk=pk)
        except ObjectDoesNotExist as error:
            raise NotFound(
                gettext("There is no %(kind)s %(id)s.") % {"kind": self.model._meta.verbose_name, "id": pk}
            ) from error


class Base(Remembering):
    """Abstract base of every business model."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
        db_index=False,
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Besides: a day or moment lies in years that somebody can mean."""
        super().clean_fields(exclude)
        days = [field for field in self._meta.fields if isinstance(field, models.DateField)]  # moments are days too
        wrong = {
            field.name: ValidationError(
                gettext("The year lies between %(first)s and %(last)s."),
                code="out_of_range",
                params={"first": EARLIEST_YEAR, "last": LATEST_YEAR},
            )
            for field in days
            if field.name not in (exclude or ()) and not _meant(getattr(self, field.attname))
        }
        if wrong:
            raise ValidationError(wrong)

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Save; raises Stale when another transaction saved this row after it was read."""
        using = options.get("using") or router.db_for_write(type(self), instance=self)
        # The row and its audit entry together, also from a shell. Inside a transaction they are together already.
        joined = transaction.get_connection(using).in_atomic_block
        with nullcontext() if joined else transaction.atomic(using):
            self._write(update_fields, **options)

    def sign(self) -> None:
        """Say who makes the row, unless somebody has said it."""
        if self.created_by_id is None:
            self.created_by = actor.current_user()

    def _write(self, update_fields: Iterable[str] | None, **options: Any) -> None:
        if self._state.adding:
            self.sign()
            super().save(update_fields=update_fields, **options)
            return
        read_version = self.version
        self.version = read_version + 1
        if update_fields is not None:
            update_fields = {*update_fields, "version", "updated_at"}
        try:
            super().save(update_fields=update_fields, **options)
        except BaseException:
            self.version = read_version
            raise

    def _do_update(self, base_qs: models.QuerySet[Self], using: Any, pk_val: Any, values: Any, *rest: Any) -> Any:
        # The version read must still be the one in the database: a conditional UPDATE, no extra statement.
        base_qs = base_qs.filter(version=self.version - 1)
        outcome = super()._do_update(base_qs, using, pk_val, values, *rest)
        if not outcome:
            raise Stale
        return outcome
