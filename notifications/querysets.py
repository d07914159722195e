"""Reads of what happened, of letters, notices and reminders."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts import access
from fleet.db.base import BaseQuerySet
from fleet.db.xid import CurrentXid, FirstUnknown, OldestUnderWay, OwnXid

if TYPE_CHECKING:
    from notifications.models import (
        Email,
        Event,
        Notification,
        ReminderRule,
        ReminderSent,
        WebhookDelivery,
        WebhookEndpoint,
    )


class EventQuerySet(models.QuerySet["Event"]):
    def of(self, subject_id: UUID) -> Self:
        """What happened to one object, oldest first."""
        return self.filter(subject_id=subject_id).order_by("id")

    def settled(self) -> Self:
        """The feed: in an order in which nothing can appear later in front of what was read (fleet/db/xid.py).

        One's own, uncommitted, are among them; and what a backup brought from another cluster.
        """
        over = Q(written_in__lt=OldestUnderWay()) | Q(written_in=OwnXid()) | Q(written_in__gte=FirstUnknown())
        return self.filter(over).order_by("written_in", "id")

    def foreign(self) -> Self:
        """What a backup brought from another cluster, whose numbers are larger than any that was given here."""
        return self.filter(~Q(written_in=CurrentXid()), written_in__gte=FirstUnknown())

    def beyond(self, written_in: int, event_id: int) -> Self:
        """What comes in the feed after the event with this place."""
        return self.filter(written_in__gte=written_in).exclude(written_in=written_in, id__lte=event_id)


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


class EndpointQuerySet(BaseQuerySet["WebhookEndpoint"]):
    def visible_to(self, user: Any) -> Self:
        """All for the administrator; an integrator sees its own."""
        return self.filter(user=user) if access.has_role(user, "integrator") else self

    def listening(self) -> Self:
        return self.filter(is_active=True, user__is_active=True)


class DeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(endpoint__user=user) if access.has_role(user, "integrator") else self

    def due(self, now: datetime, lease: timedelta) -> Self:
        """What to post, endpoints in good health first, so that a dead one holds nobody up."""
        waiting = Q(status="waiting", next_try_at__lte=now)
        found = self.filter(waiting | Q(status="sending", claimed_at__lt=Now() - lease), endpoint__is_active=True)
        return found.order_by(F("endpoint__failing_since").asc(nulls_first=True), "next_try_at", "id")


class RuleQuerySet(BaseQuerySet["ReminderRule"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class ReminderSentQuerySet(models.QuerySet["ReminderSent"]):
    def pending(self) -> Self:
        """What the next digest has to tell, the most urgent first."""
        return self.filter(told_on__isnull=True).order_by("due_on", "id")

    def told_on(self, day: date) -> Self:
        return self.filter(told_on=day, rule__at_once=False)
