"""`manage.py call_webhooks`: tell programs what happened, without a worker."""

from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from fleet.management.base import Counts, FleetCommand
from fleet.management.jobs import moment
from notifications import webhooks


class Command(FleetCommand):
    help = "Hand events to the webhooks and post what is due. Several runs at a time share the work."
    examples = ("call_webhooks", "call_webhooks --on 2026-12-01 --json")
    writes = False  # what was posted cannot be undone
    alone = False

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=moment, metavar="DATE", help="as if it were this day at 10:00, or this moment")

    def work(self, *, on: datetime | None, **options: Any) -> Counts:
        now, handed = on or timezone.now(), 0
        while more := webhooks.relay(now=now):
            handed += more
        return {"events": handed, "arrived": webhooks.deliver(now=now)}
