"""The trail by the clock."""

from celery import shared_task
from django.utils import timezone

from audit import runs, sealing


@shared_task
def seal_trail() -> int:
    """Seal the entries that nobody can add to any more; return how many."""
    return sealing.seal(now=timezone.now())[1]


@shared_task
def purge_runs() -> int:
    """Delete the records of runs past their time; return how many."""
    return runs.purge(now=timezone.now())
