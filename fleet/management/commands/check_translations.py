"""`manage.py check_translations`: what the catalogues in locale/ lack."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from fleet import translations
from fleet.management.base import Counts, FleetCommand

_KINDS = ("missing", "fuzzy", "obsolete", "placeholders", "stale")
_DOMAINS = ("django", "djangojs")


class Command(FleetCommand):
    help = "Say which texts have no translation, an unsure or a broken one, and which are no longer used."
    examples = ("check_translations", "check_translations --update")
    writes = False  # to the database; --update writes files

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--update", action="store_true", help="bring locale/ up to date and compile it first")

    def work(self, *, update: bool, **options: Any) -> Counts:
        if not translations.AVAILABLE:
            raise CommandError("This needs the tools of a developer: ./bootstrap.sh installs them.")
        counts = dict.fromkeys(("added", *_KINDS) if update else _KINDS, 0)
        for language, _ in settings.LANGUAGES:
            for domain in _DOMAINS if language != settings.LANGUAGE_CODE else ():
                if update:
                    counts["added"] += translations.update(language, domain)
                for kind, text in translations.complaints(language, domain):
                    counts[kind] += 1
                    self.warn(f"{language}: {kind}: {text}")
        return counts
