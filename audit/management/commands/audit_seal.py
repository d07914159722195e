"""manage.py audit_seal: hash and chain what the trail has gathered since the last seal."""

from datetime import datetime

from django.core.management.base import CommandParser
from django.utils import timezone

from audit import sealing
from fleet.management.base import Counts, FleetCommand
from fleet.management.jobs import moment


class Command(FleetCommand):
    help = "Seal the entries of the trail that nobody can add to any more (a task does so every five minutes)."
    examples = ("audit_seal", "audit_seal --patience 60 --dry-run")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=moment, metavar="DATE", help="as if it were this day at 10:00, or this moment")
        parser.add_argument(
            "--patience", type=float, default=20, metavar="SECONDS", help="wait so long for transactions that write"
        )

    def work(self, *, on: datetime | None, patience: float, **options: object) -> Counts:
        seals, entries = sealing.seal(now=on or timezone.now(), patience=patience)
        return {"seals": seals, "entries": entries}
