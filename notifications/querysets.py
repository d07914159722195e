"""Reads of what happened."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from notifications.models import Event


class EventQuerySet(models.QuerySet["Event"]):
    def of(self, subject_id: UUID) -> Self:
        """What happened to one object, oldest first."""
        return self.filter(subject_id=subject_id).order_by("id")

    def of_types(self, types: Collection[str]) -> Self:
        return self.filter(type__in=types)
