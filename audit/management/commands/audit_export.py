"""manage.py audit_export: the sealed trail in a file that proves itself."""

from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from audit import archive, proving, retention
from audit.models import Seal
from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "Write sealed entries and their seals to a file (JSON lines), and note its SHA-256 on the seals."
    examples = ("audit_export -o audit-2026.jsonl.gz", "audit_export -o q1.jsonl --from-seal 120 --to-seal 480")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-o", "--output", type=Path, required=True, help="must not exist; .gz compresses")
        parser.add_argument("--from-seal", type=int, default=1, metavar="NUMBER", help="the first seal (1)")
        parser.add_argument("--to-seal", type=int, metavar="NUMBER", help="the last seal (the newest)")

    def work(
        self, *, output: Path, from_seal: int, to_seal: int | None, dry_run: bool = False, **options: object
    ) -> Counts:
        if output.exists():
            raise CommandError(f"{output} is there already; an export is never overwritten.")
        chosen = Seal.objects.filter(number__gte=from_seal, **({"number__lte": to_seal} if to_seal else {}))
        last = chosen.order_by("number").values_list("number", flat=True).last()
        if last is None:
            raise CommandError("There is no such seal; `manage.py audit_seal` sets one.")
        expected = sum(chosen.filter(removed_at__isnull=True).values_list("entries", flat=True))
        if dry_run:
            return {"seals": chosen.count(), "entries": expected}
        now = timezone.now()
        with self.progress("Entries", expected) as bar:
            written = archive.write(output, proving.in_place(from_seal, last), now=now, told=bar.advance)
        proof = archive.verify(output)
        if proof.broken is not None:  # kept as evidence, and noted on no seal: retention removes nothing of it
            self.warn(f"the trail is not as it was sealed, first break: {proof.broken}")
            return {"seals": proof.seals, "entries": proof.entries}
        retention.note_export(from_seal, last, name=output.name, written=written, now=now)
        self.stdout.write(f"{written.sha256}  {output}")
        return {"seals": written.seals, "entries": written.entries}
