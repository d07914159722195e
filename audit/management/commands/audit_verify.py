"""manage.py audit_verify: is the trail still what was sealed? Names the first row that is not."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.core.management.base import CommandError, CommandParser
from django.db.models import Sum

from audit import archive, proving
from audit.models import Seal
from fleet.management.base import Counts, FleetCommand

_ENOUGH: Final = 8


class Command(FleetCommand):
    help = "Verify the chain of seals and every sealed entry, here or in an export; exit code 3 shows the first break."
    examples = ("audit_verify", "audit_verify --file audit-2026.jsonl.gz", "audit_verify --expect 120:9f86d081")
    writes = False
    alone = False  # an export is verified where there is no database

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, metavar="EXPORT", help="verify this export, without a database")
        parser.add_argument(
            "--expect", type=_noted, metavar="SEAL:DIGEST", help="a seal noted elsewhere (log, paper) must be in it"
        )

    def work(self, *, file: Path | None, expect: proving.Noted | None, **options: object) -> Counts:
        with self.progress("Entries", 0 if file else _sealed()) as bar:
            if file:
                proof = _of_file(file, expect, bar.advance)
            else:
                proof = proving.prove(proving.in_place(), noted=expect, told=bar.advance)
        if proof.head is not None:
            self.note(f"As sealed up to seal {proof.head.number}, {proof.head.last_at}: {proof.head.digest.hex()}")
        if proof.broken is not None:
            self.warn(f"first break: {proof.broken}")
        return {"seals": proof.seals, "entries": proof.entries, "breaks": int(proof.broken is not None)}


def _of_file(path: Path, noted: proving.Noted | None, told: Callable[[int], None]) -> proving.Proof:
    try:
        return archive.verify(path, noted=noted, told=told)
    except (archive.Unreadable, FileNotFoundError) as error:
        raise CommandError(str(error)) from error


def _sealed() -> int:
    return Seal.objects.filter(removed_at__isnull=True).aggregate(total=Sum("entries"))["total"] or 0


def _noted(text: str) -> proving.Noted:
    number, _colon, digest = text.partition(":")
    if not number.isdigit() or len(digest) < _ENOUGH or set(digest.lower()) - set("0123456789abcdef"):
        raise ArgumentTypeError(f"write SEAL:DIGEST with at least {_ENOUGH} digits of the digest, e.g. 120:9f86d081")
    return int(number), digest.lower()
