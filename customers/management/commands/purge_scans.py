"""`manage.py purge_scans`: scans of papers, some time after the last contract."""

from datetime import datetime

from customers import tasks
from fleet.management.base import Counts
from fleet.management.jobs import JobCommand


class Command(JobCommand):
    help = "Remove the scans of customers whose last contract closed FLEET_SCAN_RETENTION_DAYS days ago."
    examples = ("purge_scans", "purge_scans --on 2027-03-01 --dry-run")

    def job(self, now: datetime) -> Counts:
        return {"removed": tasks.purge_scans(now=now)}
