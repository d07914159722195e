"""Publish what happened, in the same transaction as the change itself."""

from typing import Any, Final

from django.db import models, transaction
from prometheus_client import Counter

from fleet.db import unit
from notifications.models import Event

_EVENTS: Final = Counter("fleet_events", "What happened, by type; contract.booked is a booking.", ["type"])


def publish(event_type: str, subject: models.Model, *, key: str, payload: dict[str, Any] | None = None) -> None:
    """Write one event; the same key a second time writes nothing.

    `payload` holds ids and plain values only, never personal data. Must run inside the transaction of the change.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("publish() belongs inside the transaction of the change it tells of")
    event = Event(
        type=event_type, subject=subject._meta.label_lower, subject_id=subject.pk, key=key, payload=payload or {}
    )
    unit.add(event, once=True)
    transaction.on_commit(_EVENTS.labels(event_type).inc, robust=True)
