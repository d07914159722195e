"""Which car is taken when, and by whom: what the timeline shows, read in two statements however long it is."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from cars.models import Car, Occupancy
from contracts.status import Status
from fleet.db.period import Period

SLOTS: Final = 4  # of a day
_HOURS: Final = tuple(range(0, 24, 24 // SLOTS))
_WIDE: Final = SLOTS  # slots: a shorter bar could neither be read nor hit (WCAG 2.5.8)
_RENTAL: Final = {Status.ACTIVE.value: "out", Status.CONFIRMED.value: "booked", Status.PENDING.value: "held"}
_COLUMNS: Final = (
    *("car_id", "starts", "ends", "kind", "note", "pk", "assignment__closed_at"),
    *(f"assignment__contract__{name}" for name in ("reference", "status", "start_at", "end_at", "customer__name")),
)


@dataclass(frozen=True)
class Window:
    """Some days on a wall clock, each cut into slots; a day of 23 hours has as many as any other."""

    first: date
    days: int
    zone: ZoneInfo

    @cached_property
    def edges(self) -> Sequence[datetime]:
        """The instants at which slots begin, and the end of the last."""
        walls = [datetime.combine(day, time(hour)) for day in self.dates for hour in _HOURS]
        walls.append(datetime.combine(self.first + timedelta(days=self.days), time()))
        return [wall.replace(tzinfo=self.zone).astimezone(UTC) for wall in walls]

    @property
    def dates(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.days)]

    @property
    def period(self) -> Period:
        return Period(self.edges[0], self.edges[-1])

    @property
    def last_line(self) -> int:
        return SLOTS * self.days + 1

    def lines(self, start: datetime, end: datetime) -> tuple[int, int]:
        """Return the grid lines (from 1) between which a bar lies; one that lies outside has no width."""
        first = max(bisect_right(self.edges, start), 1)
        return first, min(bisect_left(self.edges, end) + 1, self.last_line)

    def line_of(self, moment: datetime) -> int | None:
        """Return the line at which the slot of this moment begins, or None outside."""
        return bisect_right(self.edges, moment) if self.edges[0] <= moment < self.edges[-1] else None


class Bar(NamedTuple):
    """A span of a car: `state` is a key of the legend, `reference` the contract's, `who` the customer."""

    first: int
    last: int
    state: str
    pk: UUID
    reference: str
    who: str
    note: str


class Row(NamedTuple):
    """A car as values: (pk, plate, make, model, category, branch, life cycle), and its bars from left to right."""

    pk: UUID
    plate: str
    name: str
    category: str
    lifecycle: str
    bars: list[Bar]


def rows(
    window: Window, *, now: datetime, category: str = "", branch: str = "", state: str = "", car: UUID | None = None
) -> list[Row]:
    """Return the cars that are looked after, by category and plate, with what takes them in the window."""
    cars = Car.objects.filter(pk=car) if car else Car.objects.kept()
    if category:
        cars = cars.filter(category__code=category)
    if branch:
        cars = cars.filter(branch__code=branch)
    taken = Occupancy.objects.within(window.period).with_span().filter(car__in=cars.order_by().values("pk"))
    found: Any = taken.order_by("car_id", "starts").values_list(*_COLUMNS)  # type: ignore[misc] # annotated
    bars = {car: list(_bars(spans, window, now)) for car, spans in groupby(found, key=lambda span: span[0])}
    shown = cars.order_by("category__upgrade_rank", "category__name", "license_plate")
    listed = [
        Row(pk, plate, f"{make} {model}", of, lifecycle, bars.get(pk, []))
        for pk, plate, make, model, of, lifecycle in shown.values_list(
            "pk", "license_plate", "manufacturer", "model", "category__name", "lifecycle"
        )
    ]
    return [row for row in listed if not state or _is(row, state, window.line_of(now))]


def _is(row: Row, state: str, line: int | None) -> bool:
    """Say whether the car has a bar of this state; `free` is a car in service with none at the moment."""
    if state == "free":
        busy = line is not None and any(bar.first <= line < bar.last for bar in row.bars)
        return row.lifecycle == Car.Lifecycle.ACTIVE and not busy
    return any(bar.state == state for bar in row.bars)


def _bars(spans: Iterable[Sequence[Any]], window: Window, now: datetime) -> Iterator[Bar]:
    """Yield bars wide enough to be hit, none over the next one; a sliver of something long past is left out."""
    drawn: list[Bar] = [bar for span in spans if (bar := _bar(span, window, now)) is not None]
    limits = [bar.first for bar in drawn[1:]] + [window.last_line]
    free = 1
    for bar, limit in zip(drawn, limits, strict=True):
        last = min(max(bar.last, bar.first + _WIDE), max(limit, bar.first + 1))
        first = min(bar.first, max(free, last - _WIDE))  # what has no room to the right gets it on the left
        cut = first == 1 or last == window.last_line
        if not cut or last - first >= _WIDE:
            yield bar._replace(first=first, last=last)
            free = last


def _bar(span: Sequence[Any], window: Window, now: datetime) -> Bar | None:
    _car, start, end, kind, note, pk, closed_at, reference, status, out_at, back_at, who = span
    state = _state(kind, status, closed_at, out_at, back_at, now)
    if state in ("out", "booked", "due", "held"):
        end = back_at  # the row of the ledger has the turnaround in it
    first, last = window.lines(start, max(end, now) if state == "overdue" else end)
    return Bar(first, last, state, pk, reference or "", who or "", note) if first < last else None


def _state(kind: str, status: str | None, closed_at: Any, out_at: Any, back_at: Any, now: datetime) -> str:
    if kind == Occupancy.Kind.WORKSHOP:
        return "workshop"
    if kind != Occupancy.Kind.RENTAL:
        return "blocked"
    state = "done" if closed_at or status is None else _RENTAL.get(status, "done")
    if state == "out" and back_at < now:
        return "overdue"
    if state == "booked" and out_at < now + timedelta(hours=24):
        return "due"
    return state
