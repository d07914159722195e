"""`manage.py deliver_mail`: send what waits, without a worker."""

from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from fleet.management.base import Counts, FleetCommand
from fleet.management.jobs import moment
from notifications import delivery
from notifications.models import Email


class Command(FleetCommand):
    """No `undone()` for a dry run: what was sent cannot be undone, so it only counts."""

    help = "Send the e-mails that wait. Several runs at a time share the work."
    examples = ("deliver_mail", "deliver_mail --limit 100 --dry-run")
    writes = False
    alone = False

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=moment, metavar="DATE", help="as if it were this day at 10:00, or this moment")
        parser.add_argument("--limit", type=int, default=10_000, help="at most so many (10000)")
        parser.add_argument("--dry-run", action="store_true", help="only count what would be sent")

    def work(self, *, on: datetime | None, limit: int, dry_run: bool, **options: Any) -> Counts:
        now = on or timezone.now()
        if dry_run:
            return {"waiting": Email.objects.due(now).count() + Email.objects.lost(delivery.lease()).count()}
        outcome = delivery.deliver(now=now, most=limit)
        if outcome.given_up:
            self.warn(f"{outcome.given_up} given up; see the list of e-mails in the admin")
        return {"sent": outcome.sent, "postponed": outcome.postponed, "given_up": outcome.given_up}
