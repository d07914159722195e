"""`manage.py import_cars FILE`: cars from a CSV or XLSX file."""

import argparse
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from cars.intake import sheet as sheets
from cars.intake.headers import SYNONYMS, understood
from cars.intake.load import Outcome, Rejects, Terms, load
from cars.models import Branch, Category
from fleet.management.base import Counts, FleetCommand

_CURRENCY = re.compile(r"(?i)(?:^|[\W_])(usd|eur|bam|gbp|chf)(?:$|[\W_])")
_COUNTED = {"create": "created", "change": "changed", "skip": "unchanged", "error": "refused"}


class Command(FleetCommand):
    help = "Import cars from a CSV or XLSX file: good rows go in, bad rows are named. Running it twice changes nothing."
    examples = (
        "import_cars cars.csv --dry-run",
        'import_cars cars.xlsx --branch sarajevo --map "Tages preis=daily_rate" --default fuel_type=petrol',
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", action="append", type=_pair, default=[], metavar="HEADER=FIELD", dest="mapped")
        parser.add_argument(
            "--default", action="append", type=_default, default=[], metavar="FIELD=VALUE", dest="defaults"
        )
        parser.add_argument("--branch", metavar="CODE", help="of cars whose row names none (the first by name)")
        parser.add_argument("--category", metavar="CODE", help="of cars whose row names none (economy)")
        parser.add_argument("--rate-factor", type=_factor, default=Decimal(1), help="multiply rates, e.g. 0.92 (1)")
        parser.add_argument("--encoding", default="", help="of a CSV file (found out)")
        parser.add_argument("--delimiter", type=_delimiter, default="", help="of a CSV file (found out)")
        parser.add_argument("--rejects", type=Path, metavar="FILE", help="where refused rows go (FILE.rejects.csv)")

    def work(self, *, file: Path, **options: Any) -> Counts:
        sheet = sheets.read(file, encoding=options["encoding"], delimiter=options["delimiter"])
        terms = Terms(
            dict(options["mapped"]),
            dict(options["defaults"]),
            _named(Branch, options["branch"], "branch"),
            _named(Category, options["category"], "category"),
            options["rate_factor"],
        )
        self._explain(sheet, terms)
        rejects = Rejects(options["rejects"] or file.with_name(f"{file.stem}.rejects.csv"), sheet.headers)
        with self.progress("Cars", sheet.total) as bar:
            counts = load(sheet, terms, told=self._teller(rejects, bar.advance, show=bool(options.get("dry_run"))))
        if counts["error"] and not options.get("dry_run"):
            self._keep(rejects)
        return {name: counts[verdict] for verdict, name in _COUNTED.items()}

    def _teller(self, rejects: Rejects, advance: Callable[[], None], *, show: bool) -> Callable[[Outcome], None]:
        def told(outcome: Outcome) -> None:
            advance()
            if outcome.verdict == "error":
                rejects.add(outcome)
                self.warn(f"row {outcome.row.number}: {outcome.plate}: {'; '.join(outcome.details)}")
            elif show and not self.as_json:  # standard output is one object then
                details = f": {', '.join(outcome.details)}" if outcome.details else ""
                self.stdout.write(f"row {outcome.row.number}  {outcome.verdict:<6}  {outcome.plate}{details}")

        return told

    def _keep(self, rejects: Rejects) -> None:
        try:
            rejects.write()
        except OSError as error:
            self.warn(f"the refused rows could not be written: {error}")
        else:
            self.note(f"refused rows: {rejects.path}")

    def _explain(self, sheet: sheets.Sheet, terms: Terms) -> None:
        """Say what will be ignored and assumed, before a person wonders."""
        places = understood(sheet.headers, terms.mapped, terms.defaults)
        known = [sheet.headers[place] for place in places.values()]
        ignored = [header for place, header in enumerate(sheet.headers) if header and place not in places.values()]
        if ignored:
            self.note(f"ignored columns: {', '.join(ignored)}")
        foreign = [header for header in known if _CURRENCY.search(header) and settings.CURRENCY not in header.upper()]
        if foreign and terms.factor == 1:
            self.note(f"{foreign[0]} is taken as {settings.CURRENCY}; --rate-factor converts it")
        if terms.branch is None and "branch" not in places:
            first = Branch.objects.filter(is_active=True).order_by("name").first()
            if first is not None:
                self.note(f"new cars go to {first.name}; --branch chooses another")


def _named[M: (Branch, Category)](model: type[M], code: str | None, what: str) -> M | None:
    if code is None:
        return None
    found = model.objects.filter(code__iexact=code).first()
    if found is None:
        known = ", ".join(model.objects.values_list("code", flat=True))
        raise CommandError(f"There is no {what} {code}; there are: {known or 'none yet'}.")
    return found


def _pair(text: str) -> tuple[str, str]:
    left, sign, right = text.rpartition("=")
    if not sign or not left or not right:
        raise argparse.ArgumentTypeError(f"{text} is not of the form HEADER=FIELD")
    return left, right


def _default(text: str) -> tuple[str, str]:
    field, _, value = text.partition("=")
    if field not in SYNONYMS or not value:
        raise argparse.ArgumentTypeError(f"{text} is not of the form FIELD=VALUE with one of {', '.join(SYNONYMS)}")
    return field, value


def _delimiter(text: str) -> str:
    """Return the one character, or none to find it out; a tab is hard to type and may be spelled."""
    character = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(character) > 1 or character in ("\r", "\n", '"'):
        raise argparse.ArgumentTypeError("a delimiter is one character, or tab")
    return character


def _factor(text: str) -> Decimal:
    try:
        factor = Decimal(text)
    except InvalidOperation as error:
        raise argparse.ArgumentTypeError(f"{text} is no number") from error
    if not factor.is_finite() or not 0 < factor < 10_000:
        raise argparse.ArgumentTypeError("a factor is above 0")
    return factor
