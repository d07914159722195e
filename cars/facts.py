"""Everything the gate must know of cars over a period, and when their services come due; each in one statement."""

import math
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields.json import JSONField
from django.db.models.functions import JSONObject

from cars.models import (
    Car,
    Inspection,
    Insurance,
    IssueReport,
    Occupancy,
    OdometerReading,
    Registration,
    ServicePlan,
    ServiceRecord,
)
from cars.querysets import CarQuerySet
from fleet.db.period import Period

_RECENT = timedelta(days=90)  # the span over which a car's km per day are measured
_FARTHEST = 3650  # days
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


@dataclass(frozen=True)
class Thresholds:
    """How near a service must be to be mentioned, and to be urgent."""

    warn_km: int = 2000
    warn_days: int = 30
    critical_km: int = 500
    critical_days: int = 7


@dataclass(frozen=True)
class ServiceDue:
    """When a planned service comes due; either may be None."""

    plan_id: str
    service_type: str
    due_on: date | None
    due_km: int | None
    thresholds: Thresholds = Thresholds()


Days = tuple[date, date]  # first and last day, both included


@dataclass(frozen=True)
class Wear:
    """How far a car has been driven, how fast it goes on, and which services come due."""

    services: tuple[ServiceDue, ...]
    km: int
    km_per_day: float

    def projected_km(self, days: float) -> int:
        """Return the odometer in so many days, at the car's recent pace."""
        return self.km + round(self.km_per_day * max(days, 0))

    def projected_on(self, service: ServiceDue, today: date) -> date | None:
        """Return the day on which the service comes due, by date or by km at the recent pace, whichever is first.

        None while nobody can say: a service by km for a car that is hardly driven.
        """
        days = [service.due_on] if service.due_on else []
        if service.due_km is not None:
            left = service.due_km - self.km
            if self.km_per_day > 0:
                days.append(_days_later(today, left / self.km_per_day))
            elif left <= 0:
                days.append(today)
        return min(days, default=None)


@dataclass(frozen=True)
class Facts(Wear):
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


def of(cars: CarQuerySet, period: Period, now: datetime) -> Iterator[tuple[Car, Facts]]:
    """Yield each car with its facts around the period; category and branch are loaded too."""
    for car in cars.with_desk().annotate(**_columns(period, now)):
        yield car, _facts(car)


def wear(cars: CarQuerySet, now: datetime) -> Iterator[tuple[Car, Wear]]:
    """Yield each car with its services; category and branch are loaded too."""
    for car in cars.with_desk().annotate(**_wear_columns(now)):
        yield car, Wear(**_wear(car))


def _columns(period: Period, now: datetime) -> dict[str, Any]:
    # A day on each side: which local day an instant falls on depends on the branch.
    first, last = period.start.date() - timedelta(days=1), period.end.date() + timedelta(days=1)
    wide = Period(period.start, period.end + _LONGEST_TURNAROUND)
    mine = Q(car=OuterRef("pk"))
    return {
        **_wear_columns(now),
        "fact_taken": _rows(
            Occupancy.objects.overlapping(wide).filter(mine), id="id", kind="kind", start=F("starts"), end=F("ends")
        ),
        "fact_liability": _papers(Insurance.objects.filter(kind="liability"), first, last),
        "fact_registration": _papers(Registration.objects.all(), first, last),
        "fact_inspection": _papers(Inspection.objects.all(), first, last),
        "fact_ever_inspected": Exists(Inspection.objects.filter(mine)),
        "fact_restrictions": _rows(
            IssueReport.objects.restricting().filter(mine), id="id", title="title", restriction="restriction"
        ),
    }


def _wear_columns(now: datetime) -> dict[str, Any]:
    readings = OdometerReading.objects.valid().filter(car=OuterRef("pk")).order_by()
    return {
        "fact_services": _services(),
        # Valid readings never run backwards: the first and the last of a span are its least and its most.
        "fact_pace_from": _reading(readings.filter(taken_at__gte=now - _RECENT).order_by("taken_at")),
        "fact_pace_to": _reading(readings.filter(taken_at__gte=now - _RECENT).order_by("-taken_at")),
        "fact_first_km": Subquery(readings.order_by("taken_at", "id").values("km")[:1]),
    }


def _reading(readings: QuerySet[Any]) -> Subquery:
    return Subquery(readings.values(found=JSONObject(km="km", at="taken_at"))[:1], output_field=JSONField())


def _rows(found: QuerySet[Any], **fields: Any) -> ArraySubquery:
    return ArraySubquery(found.order_by().values(found_row=JSONObject(**fields)))


def _papers(papers: Any, first: date, last: date) -> ArraySubquery:
    reaching = papers.filter(car=OuterRef("pk")).reaching_into(first, last)
    return _rows(reaching, first="valid_from", last="valid_until")


def _services() -> ArraySubquery:
    # One condition and not two with OR, or the planner collects the records of a plan for all cars.
    done = Case(
        When(plan__isnull=False, then=Q(plan=OuterRef("pk"))),
        default=Q(service_type=OuterRef("service_type")),
        output_field=BooleanField(),
    )
    records = ServiceRecord.objects.filter(done, car=OuterRef(OuterRef("pk"))).order_by("-service_date", "-id")
    last = records.values(
        found=JSONObject(km="odometer_km", on="service_date", next_km="next_service_km", next_on="next_service_date")
    )[:1]
    plans = ServicePlan.objects.filter(Q(car=OuterRef("pk")) | Q(category=OuterRef("category")))
    return _rows(
        plans.alias(last=Subquery(last, output_field=JSONField())),
        id="id",
        service_type="service_type",
        every_km="every_km",
        every_months="every_months",
        since="created_at",
        last=F("last"),
        thresholds=JSONObject(**{field.name: field.name for field in fields(Thresholds)}),
    )


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
        **_wear(car),
    )


def _wear(car: Any) -> dict[str, Any]:
    return {
        "services": tuple(_service_due(row, car) for row in car.fact_services),
        "km": car.odometer_km,
        "km_per_day": _pace(car.fact_pace_from, car.fact_pace_to),
    }


def _days(rows: list[dict[str, str]]) -> tuple[Days, ...]:
    return tuple((date.fromisoformat(row["first"]), date.fromisoformat(row["last"])) for row in rows)


def _pace(first: dict[str, Any] | None, last: dict[str, Any] | None) -> float:
    if not first or not last:
        return 0.0
    span = datetime.fromisoformat(last["at"]) - datetime.fromisoformat(first["at"])
    if span < timedelta(days=7):  # too short to say anything
        return 0.0
    return float(last["km"] - first["km"]) / (span / timedelta(days=1))


def _service_due(row: dict[str, Any], car: Any) -> ServiceDue:
    """Return when the plan comes due: what the last record says, else the interval after it, else after the start."""
    last = row["last"]
    if last:
        base_km, base_on = last["km"], date.fromisoformat(last["on"])
        due_km, due_on = last["next_km"], date.fromisoformat(last["next_on"]) if last["next_on"] else None
    else:
        since = max(datetime.fromisoformat(row["since"]), car.created_at)
        base_km, base_on = car.fact_first_km or 0, since.date()
        due_km = due_on = None
    if due_km is None and row["every_km"]:
        due_km = base_km + row["every_km"]
    if due_on is None and row["every_months"]:
        due_on = months_later(base_on, row["every_months"])
    return ServiceDue(row["id"], row["service_type"], due_on, due_km, Thresholds(**row["thresholds"]))


def _days_later(today: date, days: float) -> date:
    """Return the day so many days later, at most ten years off: beyond that a pace says nothing."""
    return today + timedelta(days=math.floor(max(-_FARTHEST, min(days, _FARTHEST))))


def months_later(day: date, months: int) -> date:
    """Return the same day some months on, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
