"""Housekeeping of accounts."""

from celery import shared_task
from django.utils import timezone

from accounts import idempotency


@shared_task
def purge_answers() -> int:
    """Delete the stored answers of repeated requests past their time."""
    return idempotency.purge(now=timezone.now())
