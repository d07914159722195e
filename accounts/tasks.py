"""Housekeeping of accounts."""

from celery import shared_task
from django.utils import timezone

from accounts import idempotency, lockout, presence
from accounts.sessions import SessionStore


@shared_task
def purge_answers() -> int:
    """Delete the stored answers of repeated requests past their time."""
    return idempotency.purge(now=timezone.now())


@shared_task
def purge_locks() -> int:
    """Delete counters of wrong log-ins past their time."""
    return lockout.purge(now=timezone.now())


@shared_task
def purge_sessions() -> None:
    """Delete browsers' sessions past their time."""
    SessionStore.clear_expired()


@shared_task
def keep_presence() -> int:
    """Write to the database who was seen when, before Redis forgets it."""
    return presence.flush(now=timezone.now())
