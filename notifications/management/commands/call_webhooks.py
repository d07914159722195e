"""`manage.py call_webhooks`: tell programs what happened, without a worker."""

from typing import Any

from django.utils import timezone

from fleet.management.base import Counts, FleetCommand
from notifications import webhooks


class Command(FleetCommand):
    help = "Hand events to the webhooks and post what is due. Several runs at a time share the work."
    examples = ("call_webhooks", "call_webhooks --json")
    writes = False  # what was posted cannot be undone
    alone = False

    def work(self, **options: Any) -> Counts:
        now, handed = timezone.now(), 0
        while more := webhooks.relay(now=now):
            handed += more
        return {"events": handed, "arrived": webhooks.deliver(now=now)}
