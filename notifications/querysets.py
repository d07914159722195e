"""Reads of what happened."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from notifications.models import Event


class EventQuerySet(models.QuerySet["Event"]):
    def of(self, subject_id: UUID) -> Self:
        """What happened to one object, oldest first."""
        return self.filter(subject_id=subject_id).order_by("id")
