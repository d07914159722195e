"""Days on which a car has no valid paper, per kind of paper."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, F, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from cars.facts import Days
from cars.models import Car, Inspection, Insurance, Registration

# Every kind of paper; what the law asks of every car, and what is only missed once a car has had one.
REQUIRED: Final = ("liability", "registration")
KINDS: Final = (*REQUIRED, "inspection", "casco", "green_card")
_NAMES: Final = {
    "liability": _("liability insurance"),
    "registration": _("registration"),
    "inspection": _("inspection"),
    "casco": _("casco"),
    "green_card": _("green card"),
}


@dataclass(frozen=True)
class Gap:
    """Days without a valid paper, both included; `ends` says whether another paper begins after them."""

    car_id: UUID
    plate: str
    branch_id: UUID
    kind: str
    first: date
    last: date
    ends: bool

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def name(self) -> Any:
        return _NAMES[self.kind]

    @property
    def required(self) -> bool:
        return self.kind in REQUIRED


def uncovered(spans: Iterable[Days], first: date, last: date) -> Iterator[Days]:
    """Yield every run of days in [first, last] that no span covers."""
    day = first
    for start, end in sorted(spans):
        if day > last:
            return
        if start > day:
            yield day, min(start - timedelta(days=1), last)
        day = max(day, end + timedelta(days=1))
    if day <= last:
        yield day, last


def of(cars: QuerySet[Car], first: date, last: date, *, kinds: Iterable[str] = KINDS) -> list[Gap]:
    """Return the gaps of the cars between two days, the earliest first; three statements, however many cars."""
    known = list(cars.order_by().only("license_plate", "branch_id"))
    spans: defaultdict[tuple[UUID, str], list[Days]] = defaultdict(list)
    for kind, car_id, start, end in _rows(
        cars, "valid_from", "valid_until", valid_from__lte=last + _DAY, valid_until__gte=first
    ):
        spans[car_id, kind].append((start, end))
    missed = {(car_id, kind) for kind, car_id in _rows(cars)} | {(car.pk, kind) for car in known for kind in REQUIRED}
    found = [
        Gap(car.pk, car.license_plate, car.branch_id, kind, *gap, ends=_begins(spans[car.pk, kind], gap[1]))
        for car in known
        for kind in kinds
        if (car.pk, kind) in missed
        for gap in uncovered(spans[car.pk, kind], first, last)
    ]
    return sorted(found, key=lambda gap: (gap.first, gap.plate, gap.kind))


_DAY = timedelta(days=1)


def _begins(spans: Iterable[Days], last: date) -> bool:
    return any(start == last + _DAY for start, _ in spans)


def _rows(cars: QuerySet[Car], *columns: str, **reaching: Any) -> Any:
    """Return kind, car and columns of all papers, in one statement; without columns each kind of a car once."""
    mine = cars.order_by().values("pk")
    parts = [
        papers.filter(car__in=mine, **reaching).order_by().values_list(kind, "car_id", *columns)
        for papers, kind in (
            (Insurance.objects.all(), F("kind")),
            (Registration.objects.all(), Value("registration", CharField())),
            (Inspection.objects.all(), Value("inspection", CharField())),
        )
    ]
    return parts[0].union(*parts[1:], all=bool(columns)).order_by()
