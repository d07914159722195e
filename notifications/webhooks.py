"""Telling programs what happened: hand events to the endpoints, then claim, post, mark.

Events are handed on in the order of the feed, each once per endpoint. Delivery is at least once and in no order: a
receiver knows a repeat by `webhook-id` and asks the API for the state of things.
"""

import json
import random
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from fleet.actor import verb
from fleet.db.xid import CurrentXid, FirstUnknown
from fleet.errors import DomainError
from notifications import mail, notices, outside, signing, telling
from notifications.models import Event, WebhookDelivery, WebhookEndpoint, WebhookProgress
from notifications.outside import Answer

AT_ONCE: Final = 8
BATCH: Final = 16
EVENTS: Final = 500
DISABLE_AFTER: Final = timedelta(days=5)
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# The tenth try comes after three days (the schedule that standardwebhooks.com recommends).
WAITS: Final = (timedelta(seconds=5), 5 * _MINUTE, 30 * _MINUTE, *(hours * _HOUR for hours in (2, 5, 10, 14, 20, 20)))
_GONE: Final = 410
_S = WebhookDelivery.Status


class StillUnderWay(DomainError):
    code = "still_under_way"
    detail = _("This delivery is under way already.")


@verb
def roll(pk: UUID, *, by: User, now: datetime) -> WebhookEndpoint:
    """Change the secret; the former one signs too for a day."""
    endpoint: WebhookEndpoint = WebhookEndpoint.objects.lock(pk)
    endpoint.generation += 1
    endpoint.rolled_at = now
    endpoint.save(update_fields=["generation", "rolled_at"])
    return endpoint


@verb
def switch_on(pk: UUID, *, by: User | None) -> WebhookEndpoint:
    """Begin to tell again; what was given up meanwhile can be sent again one by one."""
    endpoint: WebhookEndpoint = WebhookEndpoint.objects.lock(pk)
    endpoint.is_active, endpoint.failing_since, endpoint.disabled_reason = True, None, ""
    endpoint.save(update_fields=["is_active", "failing_since", "disabled_reason"])
    return endpoint


@verb
def send_again(pk: UUID, *, by: User, now: datetime) -> WebhookDelivery:
    """Put a delivery back to the beginning of its tries. Raises StillUnderWay."""
    changed = WebhookDelivery.objects.filter(pk=pk, status__in=(_S.DELIVERED, _S.FAILED)).update(
        status=_S.WAITING, attempts=0, next_try_at=now, last_error=""
    )
    if not changed:
        raise StillUnderWay
    return WebhookDelivery.objects.get(pk=pk)


def relay(*, now: datetime) -> int:
    """Hand new events to the endpoints that want them, and to colleagues; returns how many events."""
    with transaction.atomic():
        progress = WebhookProgress.objects.select_for_update(skip_locked=True).first()
        if progress is None:  # somebody else is at it, or nobody ever was
            _begin()
            return 0
        _adopt(progress)
        events = list(Event.objects.settled().beyond(progress.written_in, progress.event_id)[:EVENTS])
        if not events:
            return 0
        endpoints = WebhookEndpoint.objects.listening().select_related("user")
        made = [
            WebhookDelivery(endpoint=endpoint, event=event, next_try_at=now)
            for endpoint in endpoints
            for event in _visible(events, endpoint)
        ]
        WebhookDelivery.objects.bulk_create(made, ignore_conflicts=True)
        telling.tell(events, now=now)
        progress.written_in, progress.event_id = events[-1].written_in, events[-1].pk
        progress.save()
    return len(events)


def deliver(*, now: datetime) -> int:
    """Post everything that is due; returns how much arrived."""
    arrived, began = 0, time.monotonic()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as line:
        while batch := _claim(now):
            answers = line.map(_post, batch)
            for delivery, answer in zip(batch, answers, strict=True):
                arrived += _mark(delivery, answer, now=now + timedelta(seconds=time.monotonic() - began))
    return arrived


def body(event: Event) -> bytes:
    """Return what is posted: what happened to what; the receiver asks the API for the rest."""
    said = {
        "id": event.pk,
        "type": event.type,
        "created_at": event.created_at.isoformat(),
        "data": {"object": event.subject, "id": str(event.subject_id)},
    }
    return json.dumps(said, separators=(",", ":")).encode()


def _begin() -> None:
    """Begin at the end of the feed, unless it was begun already."""
    last = Event.objects.order_by("-id").values_list("pk", flat=True).first()
    WebhookProgress.objects.bulk_create([WebhookProgress(pk=1, event_id=last or 0)], ignore_conflicts=True)


def _adopt(progress: WebhookProgress) -> None:
    """Bring what came with a backup from another cluster, whose numbers mean nothing here, before all that is new."""
    Event.objects.foreign().update(written_in=0)
    if WebhookProgress.objects.filter(~Q(written_in=CurrentXid()), written_in__gte=FirstUnknown()).exists():
        progress.written_in = 0


def _visible(events: Iterable[Event], endpoint: WebhookEndpoint) -> list[Event]:
    """Return the wanted events that the endpoint's owner may know of: all, or those of what he has created."""
    wanted = [event for event in events if not endpoint.types or event.type in endpoint.types]
    if not wanted or endpoint.user.has_perm("notifications.view_event"):
        return wanted
    own = {subject: _own(subject, wanted, endpoint.user) for subject in {event.subject for event in wanted}}
    return [event for event in wanted if event.subject_id in own[event.subject]]


def _own(subject: str, events: Iterable[Event], user: User) -> set[UUID]:
    model: Any = apps.get_model(subject)
    if not any(field.name == "created_by" for field in model._meta.fields):
        return set()
    ids = {event.subject_id for event in events if event.subject == subject}
    return set(model._base_manager.filter(pk__in=ids, created_by=user).values_list("pk", flat=True))


def _claim(now: datetime) -> list[WebhookDelivery]:
    token, lease = uuid4(), timedelta(seconds=settings.WEBHOOK_LEASE_SECONDS)
    with transaction.atomic():
        due = WebhookDelivery.objects.due(now, lease).select_for_update(skip_locked=True, no_key=True, of=("self",))
        ids = list(due.values_list("pk", flat=True)[:BATCH])
        WebhookDelivery.objects.filter(pk__in=ids).update(
            status=_S.SENDING, claim=token, claimed_at=Now(), attempts=F("attempts") + 1
        )
    return list(WebhookDelivery.objects.filter(claim=token).select_related("endpoint", "event")) if ids else []


def _post(delivery: WebhookDelivery) -> Answer:
    """Post it; in a thread of its own, which touches no database."""
    content, endpoint = body(delivery.event), delivery.endpoint
    signed = signing.headers(endpoint, f"msg_{delivery.pk.hex}", content, now=timezone.now())
    about = {"Content-Type": "application/json", "User-Agent": "Fleet-Webhooks/1"}
    return outside.post(endpoint.url, content, {**about, **signed})


def _mark(delivery: WebhookDelivery, answer: Answer, *, now: datetime) -> bool:
    """Write the outcome, if the delivery is still ours, and what it says of the endpoint."""
    values: dict[str, Any] = {"answer": answer.status, "milliseconds": answer.milliseconds, "claim": None}
    if answer.is_good:
        values |= {"status": _S.DELIVERED, "delivered_at": now, "last_error": ""}
    elif delivery.attempts > len(WAITS) or answer.status == _GONE:
        values |= {"status": _S.FAILED, "last_error": _said(answer)}
    else:
        wait = WAITS[delivery.attempts - 1] * random.uniform(0.9, 1.1)  # noqa: S311 - jitter, no secret
        values |= {"status": _S.WAITING, "next_try_at": now + wait, "last_error": _said(answer)}
    ours = WebhookDelivery.objects.filter(pk=delivery.pk, claim=delivery.claim).update(claimed_at=None, **values)
    if ours:
        _judge(delivery.endpoint, answer, now=now)
    return bool(ours) and answer.is_good


def _said(answer: Answer) -> str:
    return (answer.error or f"answered {answer.status}")[:300]


def _judge(endpoint: WebhookEndpoint, answer: Answer, *, now: datetime) -> None:
    """Remember since when an endpoint fails; after five days, or when it says that it is gone, leave it alone."""
    rows = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    if answer.is_good:
        rows.exclude(failing_since=None).update(failing_since=None)
        return
    rows.filter(failing_since=None).update(failing_since=now)
    if answer.status == _GONE:
        _switch_off(endpoint.pk, _("It answered 410 Gone."), now=now)
    elif rows.filter(failing_since__lte=now - DISABLE_AFTER).exists():
        _switch_off(endpoint.pk, _("Nothing arrived for five days."), now=now)


@verb
def _switch_off(pk: UUID, reason: Any, *, now: datetime) -> None:
    endpoint: WebhookEndpoint = WebhookEndpoint.objects.select_related("user").lock(pk)
    if not endpoint.is_active:
        return
    endpoint.is_active, endpoint.disabled_reason = False, str(reason)
    endpoint.save(update_fields=["is_active", "disabled_reason"])
    told = {endpoint.user, *User.objects.active().in_role("admin")}
    title = _("A webhook was switched off: %(address)s") % {"address": endpoint.url}
    key = f"webhook:{pk}:{now:%Y%m%d}"
    notices.notify(told, "system", title=title, text=reason, about=endpoint, key=key)
    for user in told:
        if user.email:
            with translation.override(user.language):
                context = {"name": str(user), "url": endpoint.url, "reason": str(reason)}
            mail.queue("webhook_off", to=user.email, language=user.language, context=context, key=f"{key}:{user.pk}")
