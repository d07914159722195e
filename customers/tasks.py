"""Work by the clock."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from customers import scans


@shared_task(name="customers.tasks.purge_scans")
def purge_scans(*, now: datetime | None = None) -> int:
    """Remove scans that nothing needs any more; return how many files."""
    return scans.purge(now=now or timezone.now())
