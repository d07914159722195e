"""Everything the gate must know of cars over a period, in one statement."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, F, Func, Model, OuterRef, Q, QuerySet

from cars import mileage
from cars.models import (
    Branch,
    Car,
    Category,
    Inspection,
    Insurance,
    IssueReport,
    Occupancy,
    Registration,
)
from cars.querysets import CarQuerySet
from fleet.db.period import Period
from fleet.db.ready import Ready, instance, together

_LONGEST_TURNAROUND = timedelta(days=7)  # category_turnaround_at_most_a_week


@dataclass(frozen=True)
class Taken:
    """An open row of the ledger."""

    id: str
    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Restriction:
    """An unresolved issue that keeps a car back."""

    id: str
    title: str
    restriction: str


Days = tuple[date, date]  # first and last day, both included


@dataclass(frozen=True)
class Facts(mileage.Wear):
    """What is known of one car around one period."""

    taken: tuple[Taken, ...]
    liability: tuple[Days, ...]
    registration: tuple[Days, ...]
    inspection: tuple[Days, ...]
    ever_inspected: bool
    restrictions: tuple[Restriction, ...]

    def is_taken(self, period: Period) -> bool:
        """Say whether the ledger holds the car at some instant of the period."""
        return any(row.start < period.end and row.end > period.start for row in self.taken)

    def taken_next(self, period: Period) -> datetime | None:
        """Return when the car is taken after the period; None when that is more than a week later."""
        near = period.end + _LONGEST_TURNAROUND
        return min((row.start for row in self.taken if period.end <= row.start < near), default=None)


class Reader:
    """Yields each car of a query with its facts around a period; category and branch are loaded too.

    READER = Reader(lambda pk: Car.objects.filter(pk=pk), pk=UUID)     # fleet/db/ready.py says what may be a gap
    ((car, known),) = READER(period, now, pk=…)

    `more` names what the query annotates besides.
    """

    def __init__(self, cars: Callable[..., CarQuerySet], *more: str, **gaps: type) -> None:
        self._rows = Ready(lambda **given: _tuples(cars, more, **given), **_MOMENTS, **gaps)
        self._more = more

    def __call__(self, period: Period, now: datetime, **values: Any) -> Iterator[tuple[Car, Facts]]:
        return _read(self._rows(**_moments(period, now), **values), self._more)

    def after(
        self, first: tuple[Ready, Mapping[str, Any]], period: Period, now: datetime, **values: Any
    ) -> Iterator[tuple[Car, Facts]]:
        """Do the same after `first`, in one message: it locks what is read then."""
        return _read(together(first, (self._rows, {**_moments(period, now), **values}))[-1], self._more)


def of(cars: CarQuerySet, period: Period, now: datetime) -> Iterator[tuple[Car, Facts]]:
    """Yield each car with its facts around the period; category and branch are loaded too, and what is annotated."""
    more = tuple(cars.query.annotation_select)
    return _read(_tuples(lambda: cars, more, **_moments(period, now)), more)


_MOMENTS: Final = {"start": datetime, "until": datetime, "first": date, "last": date, "since": datetime}


def _moments(period: Period, now: datetime) -> dict[str, Any]:
    """Return what the facts of a period are looked up by."""
    # A day on each side: which local day an instant falls on depends on the branch.
    first, last = period.start.date() - timedelta(days=1), period.end.date() + timedelta(days=1)
    until = period.end + _LONGEST_TURNAROUND
    return {"start": period.start, "until": until, "first": first, "last": last, "since": now - mileage.RECENT}


def _tuples(
    cars: Callable[..., CarQuerySet],
    more: Sequence[str] = (),
    *,
    start: datetime,
    until: datetime,
    first: date,
    last: date,
    since: datetime,
    **given: Any,
) -> QuerySet[Any, Any]:
    mine = Q(car=OuterRef("pk"))
    facts = {
        **mileage.columns(since),
        "fact_taken": mileage.rows(
            Occupancy.objects.overlapping(Period(start, until)).filter(mine),
            id="id",
            kind="kind",
            start=F("starts"),
            end=F("ends"),
        ),
        "fact_liability": _papers(Insurance.objects.filter(kind="liability"), first, last),
        "fact_registration": _papers(Registration.objects.all(), first, last),
        "fact_inspection": _papers(Inspection.objects.all(), first, last),
        "fact_ever_inspected": Exists(Inspection.objects.filter(mine)),
        "fact_restrictions": mileage.rows(
            IssueReport.objects.restricting().filter(mine), id="id", title="title", restriction="restriction"
        ),
    }
    return cars(**given).annotate(**facts).values_list(*_NAMES[Car], *_BESIDE, *_FACTS, *more)


def _read(rows: Iterable[Sequence[Any]], more: Sequence[str] = ()) -> Iterator[tuple[Car, Facts]]:
    """Make the cars of tuples; those of one category or branch share it."""
    beside: dict[Any, Any] = {}
    of_car, of_category = len(_NAMES[Car]), len(_NAMES[Car]) + len(_NAMES[Category])
    of_branch = of_category + len(_NAMES[Branch])
    for row in rows:
        car: Any = instance(Car, _NAMES[Car], row[:of_car])
        for model, name, values in (
            (Category, "category", row[of_car:of_category]),
            (Branch, "branch", row[of_category:of_branch]),
        ):
            pk = getattr(car, f"{name}_id")
            if pk not in beside:
                beside[pk] = instance(model, _NAMES[model], values)
            car._state.fields_cache[name] = beside[pk]
        vars(car).update(zip((*_FACTS, *more), row[of_branch:], strict=True))
        yield car, _facts(car)


_NAMES: Final[dict[type[Model], list[str]]] = {
    model: [field.attname for field in model._meta.concrete_fields] for model in (Car, Category, Branch)
}
_BESIDE: Final = [*(f"category__{name}" for name in _NAMES[Category]), *(f"branch__{name}" for name in _NAMES[Branch])]
_FACTS: Final = (
    "fact_services",
    "fact_pace_from",
    "fact_pace_to",
    "fact_first_km",
    "fact_taken",
    "fact_liability",
    "fact_registration",
    "fact_inspection",
    "fact_ever_inspected",
    "fact_restrictions",
)


def _papers(papers: Any, first: date, last: date) -> Func:
    reaching = papers.filter(car=OuterRef("pk")).reaching_into(first, last)
    return mileage.rows(reaching, first="valid_from", last="valid_until")


def _facts(car: Any) -> Facts:
    return Facts(
        taken=tuple(
            Taken(row["id"], row["kind"], datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]))
            for row in car.fact_taken
        ),
        liability=_days(car.fact_liability),
        registration=_days(car.fact_registration),
        inspection=_days(car.fact_inspection),
        ever_inspected=car.fact_ever_inspected,
        restrictions=tuple(Restriction(**row) for row in car.fact_restrictions),
        **mileage.known_of(car),
    )


def _days(rows: list[dict[str, str]]) -> tuple[Days, ...]:
    return tuple((date.fromisoformat(row["first"]), date.fromisoformat(row["last"])) for row in rows)
