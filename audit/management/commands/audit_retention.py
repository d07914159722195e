"""manage.py audit_retention: remove what is old, sealed and exported; the seals stay."""

from datetime import datetime, timedelta
from itertools import takewhile

from django.core.management.base import CommandParser
from django.utils import timezone

from audit import retention
from audit.models import Seal
from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "Remove entries older than so many days, once they are sealed and exported; the chain stays provable."
    examples = ("audit_retention --keep-days 730 --dry-run", "audit_retention --keep-days 730")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--keep-days", type=_days, required=True, metavar="N", help="entries younger than this stay"
        )
        parser.add_argument("--on", type=datetime.fromisoformat, metavar="MOMENT", help="as if it were then (now)")

    def work(self, *, keep_days: timedelta, on: datetime | None, **options: object) -> Counts:
        now = on or timezone.now()
        found = list(retention.due(keep=keep_days, now=now))
        # Oldest first and without a gap: what follows a seal that was never exported waits for it.
        going = list(takewhile(lambda seal: seal.export_sha256, found))
        with self.progress("Entries", sum(seal.entries for seal in going)) as bar:
            removed = 0
            for seal in going:
                removed += retention.remove(seal.pk, now=now)
                bar.advance(seal.entries)
        if len(going) < len(found):
            self._ask_for_export(found)
        return {"seals": len(going), "entries": removed}

    def _ask_for_export(self, found: list[Seal]) -> None:
        missing = [seal.pk for seal in found if not seal.export_sha256]
        self.warn(
            f"{len(missing)} seal(s) are due and not exported: "
            f"manage.py audit_export -o FILE --from-seal {missing[0]} --to-seal {missing[-1]}"
        )


def _days(text: str) -> timedelta:
    days = int(text)
    if days < 1:
        raise ValueError(text)
    return timedelta(days=days)
