"""What is asked of a report, and the table that it answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from fleet.db.period import Period
from fleet.money import ZERO

MOST_DAYS: Final = 366
_DAY: Final = timedelta(days=1)


class Kind(StrEnum):
    """What a column holds, which decides how each door writes it."""

    TEXT = "text"
    ID = "id"
    DAY = "day"
    INSTANT = "instant"
    COUNT = "count"
    MINUTES = "minutes"
    MONEY = "money"
    RATE = "rate"  # money per km, four places
    SHARE = "share"  # per cent, two places


@dataclass(frozen=True)
class Column:
    name: str
    title: Any
    kind: Kind = Kind.TEXT
    empty: bool = False  # whether a cell may hold nothing


@dataclass(frozen=True)
class Question:
    """Local days of the branch, both included; what a report does not use keeps its default."""

    first: date
    last: date
    now: datetime
    zone: ZoneInfo
    branch_id: UUID | None = None
    by: str = ""
    within: int = 30
    limit: int = 10
    user: Any = None  # for what not everybody may see of one report

    @property
    def days(self) -> list[date]:
        return [self.first + number * _DAY for number in range((self.last - self.first).days + 1)]

    @property
    def period(self) -> Period:
        """Return the days in one time zone: the branch's, or the installation's for all branches together."""
        return Period(
            datetime.combine(self.first, time.min, self.zone), datetime.combine(self.last + _DAY, time.min, self.zone)
        )

    @property
    def widest(self) -> tuple[datetime, datetime]:
        """Return instants that hold the days in whatever time zone; the exact days are cut in the report."""
        return (
            datetime.combine(self.first - _DAY, time.min, UTC),
            datetime.combine(self.last + 2 * _DAY, time.min, UTC),
        )


@dataclass(frozen=True)
class Table:
    """Rows with a value per column, and their sums."""

    rows: list[dict[str, Any]]
    totals: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """One report: who may see it, what may be asked, and the function that answers."""

    name: str
    title: Any
    about: Any
    permission: str
    columns: tuple[Column, ...]
    answer: Callable[[Question], Table]
    parameters: tuple[str, ...] = ("from", "to", "branch")
    groups: tuple[str, ...] = ()
    totals: tuple[Column, ...] = ()
    drawn: tuple[str, ...] = ()  # the columns that a chart stacks
    days: int = 30  # how many are shown unless somebody asks


def summed(rows: Iterable[Mapping[str, Any]], names: Iterable[str]) -> dict[str, Any]:
    """Return the sum of each column over the rows."""
    kept = list(rows)
    return {name: sum((row[name] for row in kept), start=_zero(kept, name)) for name in names}


def grouped(
    cells: Iterable[Mapping[str, Any]], keys: Mapping[Any, str], key: Callable[[Mapping[str, Any]], Any], names: Any
) -> Iterator[dict[str, Any]]:
    """Yield a row per key, also for those that no cell belongs to, each with the sums of its cells."""
    sums: dict[Any, dict[str, Any]] = {one: {} for one in keys}
    for cell in cells:
        held = sums[key(cell)]
        for name in names:
            held[name] = held.get(name, 0) + cell[name]
    for one, label in keys.items():
        yield {"key": str(one), "label": label, **dict.fromkeys(names, 0), **sums[one]}


def money(value: Any) -> Decimal:
    return ZERO + (value or 0)


def _zero(rows: list[Mapping[str, Any]], name: str) -> Any:
    return ZERO if rows and isinstance(rows[0][name], Decimal) else 0
