"""`manage.py remind_customers`: letters to who picks up tomorrow and to who is late."""

from datetime import datetime

from contracts import tasks
from fleet.management.base import Counts
from fleet.management.jobs import JobCommand


class Command(JobCommand):
    help = "Write to customers who pick up tomorrow, and to those whose car should be back."
    examples = ("remind_customers", "remind_customers --on 2026-12-01 --dry-run")

    def job(self, now: datetime) -> Counts:
        return {"letters": tasks.remind_customers(now=now)}
