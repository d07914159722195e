"""Housekeeping of files."""

from celery import shared_task
from django.utils import timezone

from files import sweep


@shared_task(name="files.tasks.remove_orphans")
def remove_orphans() -> int:
    """Remove uploads that were never attached and objects without a row; return how many."""
    return sum(1 for _ in sweep.remove(sweep.look(now=timezone.now())))
