"""`manage.py media_check`: whether the files that the rows speak of are in the bucket, and only they."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from files import sweep
from fleet.management.base import Counts, FleetCommand


class Command(FleetCommand):
    help = "Compare the files with the bucket: missing, wrong, orphans. Ends with 3 when something is missing or wrong."
    examples = ("media_check", "media_check --contents", "media_check --fix")
    writes = False  # a dry run is the run without --fix

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="remove orphans; what is missing needs a backup")
        parser.add_argument("--contents", action="store_true", help="read every file and check what it is")

    def work(self, *, fix: bool, contents: bool, **options: Any) -> Counts:
        found = sweep.look(now=timezone.now(), contents=contents)
        for file in found.missing:
            self.warn(f"{file.pk} is not in the bucket")
        for file, why in found.wrong:
            self.warn(f"{file.pk} is there with another {why}")
        for key in [file.key for file in found.abandoned] + found.strays:
            self.note(f"orphan: {key}")
        removed = sum(1 for _ in sweep.remove(found)) if fix else 0
        orphans = len(found.abandoned) + len(found.strays)
        counts = {"files": found.files, "missing": len(found.missing), "wrong": len(found.wrong)}
        return {**counts, "orphans": orphans, "removed": removed}
