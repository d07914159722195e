"""`manage.py grow_overdue`: cars that should be back and are not."""

from datetime import datetime

from contracts import tasks
from fleet.management.base import Counts
from fleet.management.jobs import JobCommand


class Command(JobCommand):
    help = "Keep overdue cars taken in the ledger."
    examples = ("grow_overdue", "grow_overdue --on 2026-12-01T08:00 --dry-run")

    def job(self, now: datetime) -> Counts:
        return {"grown": tasks.grow_overdue(now=now)}
