"""Take a file of cars: every good row in, every bad row named, in one transaction."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils.translation import gettext

from cars.intake.headers import understood
from cars.intake.resource import CarResource
from cars.intake.sheet import Row, Sheet, too_long
from cars.models import Branch, Category
from fleet.actor import verb
from fleet.errors import DomainError

_VERDICTS = {"new": "create", "update": "change", "skip": "skip"}
_NUMBER = re.compile(r"[+-]?[\d.,]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Outcome:
    """What became of one row: create, change (with what), skip, or error (with why)."""

    row: Row
    verdict: str
    plate: str
    details: Sequence[str] = ()


@dataclass(frozen=True)
class Terms:
    """How to read a file: mapped headers, values for empty cells, where and what cars are when the file is silent."""

    mapped: Mapping[str, str]
    defaults: Mapping[str, str]
    branch: Branch | None = None
    category: Category | None = None
    factor: Decimal = Decimal(1)


@verb
def load(sheet: Sheet, terms: Terms, *, told: Callable[[Outcome], None]) -> Counter[str]:
    """Import every row and call `told` for each; return how many were created, changed, skipped and refused.

    Raises Invalid when required columns are missing, Unreadable when the file breaks off: then nothing is imported.
    """
    places = understood(sheet.headers, terms.mapped, terms.defaults)
    resource = CarResource(branch=terms.branch, category=terms.category, factor=terms.factor)
    counts: Counter[str] = Counter()
    for row in sheet.rows:
        outcome = _take(resource, sheet, places, terms, row)
        counts[outcome.verdict] += 1
        told(outcome)
    return counts


def _take(resource: CarResource, sheet: Sheet, places: Mapping[str, int], terms: Terms, row: Row) -> Outcome:
    values = {
        field: (row.cells[place] if place < len(row.cells) else "") or terms.defaults.get(field, "")
        for field, place in places.items()
    }
    values |= {field: value for field, value in terms.defaults.items() if field not in places}
    plate = values["license_plate"][:20]
    long = [field for field, value in values.items() if too_long(value)]
    if long:
        return Outcome(
            row, "error", plate, [_cell(sheet, places, long[0], "…", gettext("is longer than any cell should be"))]
        )
    before = _before(resource, values)
    result = resource.import_row(values, None, row_number=row.number)
    if result.import_type in _VERDICTS:
        return Outcome(row, _VERDICTS[result.import_type], plate, list(_changes(before, result.instance)))
    for failure in result.errors:
        if isinstance(failure.error, DatabaseError):  # it has broken the transaction: nothing can be imported any more
            raise failure.error
    return Outcome(row, "error", plate, list(_errors(sheet, places, values, result)))


def _before(resource: CarResource, values: dict[str, Any]) -> dict[str, Any] | None:
    known = resource.get_instance(None, values)
    return _state(known) if known is not None else None


def _state(car: Any) -> dict[str, Any]:
    return {name: getattr(car, name) for name in CarResource.Meta.fields}


def _changes(before: dict[str, Any] | None, car: Any) -> Iterator[str]:
    if before is None:
        return
    for name, old in before.items():
        new = getattr(car, name)
        if new != old:
            yield f"{name} {_said(old)} → {_said(new)}"


def _errors(sheet: Sheet, places: Mapping[str, int], values: Mapping[str, str], result: Any) -> Iterator[str]:
    if result.validation_error is not None:
        problems = result.validation_error.update_error_dict({})
        for field, found in problems.items():
            for one in found if isinstance(found, list) else [found]:
                said = " ".join(one.messages) if isinstance(one, ValidationError) else str(one)
                yield _cell(sheet, places, field, values.get(field, ""), said)
    for failure in result.errors:
        error = failure.error
        yield error.detail if isinstance(error, DomainError) else str(error)


def _cell(sheet: Sheet, places: Mapping[str, int], field: str, value: str, said: str) -> str:
    """Name the cell as the person finds it: the column by its own header."""
    place = places.get(field)
    column = sheet.headers[place] if place is not None else field
    return gettext("column %(column)s (“%(value)s”) %(said)s") % {"column": column, "value": value[:40], "said": said}


def _said(value: Any) -> str:
    return gettext("nothing") if value in (None, "") else str(value)


class Rejects:
    """A CSV of the rows that were refused, with all their columns and the reason; written only when there are any."""

    def __init__(self, path: Path, headers: Sequence[str]) -> None:
        self.path, self.headers = path, headers
        self.rows: list[list[str]] = []

    def add(self, outcome: Outcome) -> None:
        self.rows.append([*map(_harmless, outcome.row.cells), _harmless("; ".join(outcome.details))])

    def write(self) -> bool:
        if not self.rows:
            return False
        with self.path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow([*map(_harmless, self.headers), "why"])
            writer.writerows(self.rows)
        return True


def _harmless(cell: str) -> str:
    """Return the cell so that no spreadsheet runs it as a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell
