"""`manage.py send_reminders`: one day's reminding."""

from datetime import datetime

from django.utils import timezone

from fleet.management.base import Counts
from fleet.management.jobs import JobCommand
from notifications import reminders


class Command(JobCommand):
    help = "Remind colleagues of what comes due: urgent things at once, the rest in a digest."
    examples = ("send_reminders", "send_reminders --on 2026-12-01 --dry-run")

    def job(self, now: datetime) -> Counts:
        outcome = reminders.remind(on=timezone.localtime(now).date())
        return {"found": outcome.found, "cancelled": outcome.cancelled, "notices": outcome.told}
