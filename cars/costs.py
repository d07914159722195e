"""What cars cost: by month as it accrues, by category, per km; the same figures for one car and for the fleet.

A premium is spread over the days that its paper is valid; a service counts on its day, a repaired damage on the day
of the repair, an issue on the day it was resolved, and on the day it was reported while the work goes on.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from cars.facts import Days
from cars.models import Car, Damage, Inspection, Insurance, IssueReport, OdometerReading, Registration, ServiceRecord
from fleet.db.period import local_day, months_later
from fleet.money import ZERO, rounded

_PROJECTED_FROM = 3  # full months
_PER_KM = Decimal("0.0001")


class Category(StrEnum):
    INSURANCE = "insurance"
    REGISTRATION = "registration"
    INSPECTION = "inspection"
    SERVICE = "service"
    REPAIR = "repair"  # of a reported issue
    DAMAGE = "damage"


_PAPERS: Final[Mapping[Category, Any]] = {
    Category.INSURANCE: Insurance,
    Category.REGISTRATION: Registration,
    Category.INSPECTION: Inspection,
}

type ByCategory = Mapping[Category, Decimal]


@dataclass(frozen=True)
class Entry:
    """An amount that accrues evenly over the days from `first` to `last`, both included."""

    category: Category
    car_id: UUID
    first: date
    last: date
    amount: Decimal

    def between(self, first: date, last: date) -> Decimal:
        """Return the part of these days, in cents; parts of adjoining spans add up to the amount exactly."""
        return self._until(last) - self._until(first - timedelta(days=1))

    def _until(self, day: date) -> Decimal:
        if day < self.first:
            return ZERO
        passed = (min(day, self.last) - self.first).days + 1
        return rounded(self.amount * passed / ((self.last - self.first).days + 1))


@dataclass(frozen=True)
class Month:
    """What one calendar month cost, as far as the span reaches into it."""

    first: date  # of the calendar month
    categories: ByCategory

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def total(self) -> Decimal:
        return sum(self.categories.values(), ZERO)


@dataclass(frozen=True)
class Costs:
    """What a car cost from `first` to `last`, both included; totals are sums of the parts that are shown."""

    car_id: UUID
    first: date
    last: date
    months: Sequence[Month]
    driven_km: int
    projected_year: Decimal  # mean of the last three full months × 12

    @cached_property
    def categories(self) -> dict[Category, Decimal]:
        return {one: sum((month.categories[one] for month in self.months), ZERO) for one in Category}

    @cached_property
    def total(self) -> Decimal:
        return sum(self.categories.values(), ZERO)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def per_month(self) -> Decimal:
        """Return the average over all months of the span, empty ones included."""
        return rounded(self.total / len(self.months))

    @property
    def per_day(self) -> Decimal:
        return rounded(self.total / self.days)

    @property
    def per_km(self) -> Decimal | None:
        """Return the cost of a driven km, or None for a car that was not driven."""
        return (self.total / self.driven_km).quantize(_PER_KM, ROUND_HALF_UP) if self.driven_km else None


def of(cars: QuerySet[Car], first: date, last: date) -> dict[UUID, Costs]:
    """Return what each car cost from `first` to `last`, both included: two statements, however many cars.

    The projection looks at the three calendar months that are over by the end of `last`, also when the span is shorter.
    """
    driven = list(cars.order_by().annotate(cost_km=_driven(first, last)).values_list("pk", "cost_km"))
    full = _full_months(last)
    by_car: defaultdict[UUID, list[Entry]] = defaultdict(list)
    for entry in entries(cars, min(first, full[0][0]), last):
        by_car[entry.car_id].append(entry)
    spans = list(_months(first, last))
    return {
        car_id: Costs(
            car_id, first, last, [_month(by_car[car_id], *span) for span in spans], km, _projected(by_car[car_id], full)
        )
        for car_id, km in driven
    }


def entries(cars: QuerySet[Car], first: date, last: date) -> Iterator[Entry]:
    """Yield every amount that accrues on at least one of the days, in one statement."""
    done: tuple[tuple[Category, Any, Any, str], ...] = (
        (Category.SERVICE, ServiceRecord.objects.all(), F("service_date"), "cost"),
        (Category.REPAIR, IssueReport.objects.all(), _day(Coalesce("resolved_at", "created_at")), "actual_cost"),
        (Category.DAMAGE, Damage.objects.all(), _day("repaired_at"), "repair_cost"),
    )
    parts = [
        _part(cars, category, papers.objects.reaching_into(first, last), "valid_from", "valid_until", "cost")
        for category, papers in _PAPERS.items()
    ]
    for category, rows, day, amount in done:
        dated = rows.annotate(cost_day=day).filter(cost_day__range=(first, last))
        parts.append(_part(cars, category, dated, "cost_day", "cost_day", amount))
    for name, *rest in parts[0].union(*parts[1:], all=True).order_by():
        yield Entry(Category(name), *rest)


def _part(cars: QuerySet[Car], category: Category, rows: Any, first: str, last: str, amount: str) -> Any:
    named = rows.filter(car__in=cars.order_by().values("pk"), **{f"{amount}__gt": 0}).order_by()
    return named.values_list(Value(category.value, CharField()), "car_id", first, last, amount)


def _day(moment: Any) -> TruncDate:
    return TruncDate(moment, tzinfo=timezone.get_default_timezone())


def _driven(first: date, last: date) -> Any:
    """Return the km between the last reading before the span (else the first one in it) and the last one in it."""
    start, end = local_day(first)[0], local_day(last)[1]
    mine = OdometerReading.objects.valid().filter(car=OuterRef("pk"), taken_at__lt=end)
    latest, earliest = mine.order_by("-taken_at", "-id").values("km"), mine.order_by("taken_at", "id").values("km")
    before = latest.filter(taken_at__lt=start)
    return Coalesce(
        Subquery(latest[:1]) - Coalesce(Subquery(before[:1]), Subquery(earliest.filter(taken_at__gte=start)[:1])), 0
    )


def _months(first: date, last: date) -> Iterator[Days]:
    """Yield the first and last day of every calendar month, as far as the span reaches into it."""
    day = first
    while day <= last:
        following = months_later(day.replace(day=1), 1)
        yield day, min(following - timedelta(days=1), last)
        day = following


def _full_months(last: date) -> list[Days]:
    """Return the last three calendar months that are over by the end of the day, the oldest first."""
    after = months_later(last.replace(day=1), 1)
    end = after if after - timedelta(days=1) == last else last.replace(day=1)
    return list(_months(months_later(end, -_PROJECTED_FROM), end - timedelta(days=1)))


def _month(entries: Iterable[Entry], first: date, last: date) -> Month:
    sums = dict.fromkeys(Category, ZERO)
    for entry in entries:
        sums[entry.category] += entry.between(first, last)
    return Month(first.replace(day=1), sums)


def _projected(entries: Sequence[Entry], full: Sequence[Days]) -> Decimal:
    spent = sum((entry.between(*month) for month in full for entry in entries), ZERO)
    return rounded(spent / len(full) * 12)
