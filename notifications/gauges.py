"""What waits to leave the house, for Prometheus."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from notifications.models import Email, Event, WebhookDelivery, WebhookProgress


def outboxes() -> Iterator[Metric]:
    """Yield how much of what is due has not left yet, since when, and what was given up."""
    now = timezone.now()
    waiting = GaugeMetricFamily("fleet_outbox_waiting", "What is due and has not left.", labels=["outbox"])
    oldest = GaugeMetricFamily("fleet_outbox_oldest_seconds", "How late the oldest of it is.", labels=["outbox"])
    due = {
        "emails": _due(Email.objects.due(now), "next_try_at"),
        "webhooks": _due(WebhookDelivery.objects.filter(status="waiting", next_try_at__lte=now), "next_try_at"),
        "events": _events(),
    }
    for outbox, (count, since) in due.items():
        waiting.add_metric([outbox], count)
        oldest.add_metric([outbox], max(0.0, (now - since).total_seconds()) if since else 0)
    given_up = GaugeMetricFamily("fleet_outbox_given_up", "What nobody tries to send any more.", labels=["outbox"])
    given_up.add_metric(["emails"], Email.objects.given_up().count())
    yield from (waiting, oldest, given_up)


def _due(rows: Any, moment: str) -> tuple[int, datetime | None]:
    found = rows.order_by().aggregate(count=Count("pk"), since=Min(moment))
    return found["count"], found["since"]


def _events() -> tuple[int, datetime | None]:
    """Return the events that no relay has handed to webhooks yet."""
    progress = WebhookProgress.objects.first()
    if progress is None:  # nobody was ever told
        return 0, None
    return _due(Event.objects.beyond(progress.written_in, progress.event_id), "created_at")
