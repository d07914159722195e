"""`manage.py render_contract`: the agreement of a contract as a PDF, from what was agreed."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from contracts import agreement, printing
from contracts.models import Agreement
from fleet import trail
from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "Write the agreement of a contract as a PDF; warns when it says something else than was agreed."
    examples = ("render_contract R-2026-000017 -o agreement.pdf", "render_contract R-2026-000017 --number 1 -o v1.pdf")
    writes = False
    alone = False

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", help="of the contract, e.g. R-2026-000017")
        parser.add_argument("-o", "--output", type=Path, required=True, help="the file to write")
        parser.add_argument("--number", type=int, help="the version; without it the newest")

    def work(self, *, reference: str, output: Path, number: int | None, **options: Any) -> Counts:
        versions = Agreement.objects.filter(contract__reference=reference.strip().upper()).select_related("contract")
        found = versions.newest_first().filter(**({} if number is None else {"number": number})).first()
        if found is None:
            raise CommandError(f"There is no such agreement of {reference}; it is written at check-out.")
        if printing.digest(found.snapshot) != found.sha256:
            self.warn(f"{found} does not say what was agreed: its digest is another one")
        content = agreement.pdf(found)
        trail.record("download", found, media_type="application/pdf")
        output.write_bytes(content)
        self.note(f"{found}: {output}, {len(content):,} bytes, sha256 of the text {found.sha256}")
        return {"written": 1}
