"""Reads of what happened, of letters, notices and reminders."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from fleet.db.base import BaseQuerySet

if TYPE_CHECKING:
    from notifications.models import Email, Event, Notification, ReminderRule, ReminderSent


class EventQuerySet(models.QuerySet["Event"]):
    def of(self, subject_id: UUID) -> Self:
        """What happened to one object, oldest first."""
        return self.filter(subject_id=subject_id).order_by("id")


class EmailQuerySet(models.QuerySet["Email"]):
    def due(self, now: datetime) -> Self:
        """Letters whose time has come."""
        return self.filter(status="queued", next_try_at__lte=now).order_by("next_try_at", "id")

    def lost(self, lease: timedelta) -> Self:
        """Letters whose worker has not been heard of for so long, in the order in which it would have sent them."""
        return self.filter(status="sending", claimed_at__lt=Now() - lease).order_by("next_try_at", "id")

    def waiting(self) -> Self:
        return self.filter(status__in=("queued", "sending"))

    def given_up(self) -> Self:
        return self.filter(status="failed")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: Any) -> Self:
        """One's own, newest first."""
        return self.filter(user=user).order_by("-id")

    def unread(self) -> Self:
        return self.filter(seen_at__isnull=True)

    def after(self, last_id: UUID) -> Self:
        """What came later, oldest first: ids are ordered by time."""
        return self.filter(id__gt=last_id).order_by("id")


class RuleQuerySet(BaseQuerySet["ReminderRule"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class ReminderSentQuerySet(models.QuerySet["ReminderSent"]):
    def pending(self) -> Self:
        """What the next digest has to tell, the most urgent first."""
        return self.filter(told_on__isnull=True).order_by("due_on", "id")

    def told_on(self, day: date) -> Self:
        return self.filter(told_on=day, rule__at_once=False)
