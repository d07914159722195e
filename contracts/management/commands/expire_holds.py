"""`manage.py expire_holds`: the bookings nobody confirmed."""

from datetime import datetime

from contracts import tasks
from fleet.management.base import Counts
from fleet.management.jobs import JobCommand


class Command(JobCommand):
    help = "Let bookings go whose hold has passed and on which no money lies."
    examples = ("expire_holds", "expire_holds --on 2026-12-01 --dry-run")

    def job(self, now: datetime) -> Counts:
        return {"expired": tasks.expire_holds(now=now)}
