"""When the services of cars come due, by date or by the km they are driven, in one statement."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, F, Func, OuterRef, Q, QuerySet, Subquery, When

from cars.models import Car, OdometerReading, ServicePlan, ServiceRecord
from cars.querysets import CarQuerySet
from fleet.db.period import months_later
from fleet.db.text import Json, Object

RECENT = timedelta(days=90)  # the span over which a car's km per day are measured
_FARTHEST = 3650  # days; beyond ten years a pace says nothing


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
                far = max(-_FARTHEST, min(left / self.km_per_day, _FARTHEST))
                days.append(today + timedelta(days=math.floor(far)))
            elif left <= 0:
                days.append(today)
        return min(days, default=None)


def of(cars: CarQuerySet, now: datetime) -> Iterator[tuple[Car, Wear]]:
    """Yield each car with its services; category and branch are loaded too."""
    for car in cars.with_desk().annotate(**columns(now - RECENT)):
        yield car, Wear(**known_of(car))


def columns(since: datetime) -> dict[str, Any]:
    """Return what must be asked of a car; its pace is measured from an instant on."""
    readings = OdometerReading.objects.valid().filter(car=OuterRef("pk")).order_by()
    recent = readings.filter(taken_at__gte=since).values(found=Object(km="km", at="taken_at"))
    return {
        "fact_services": _services(),
        # Valid readings never run backwards: the first and the last of a span are its least and its most.
        "fact_pace_from": Subquery(recent.order_by("taken_at")[:1], output_field=Json()),
        "fact_pace_to": Subquery(recent.order_by("-taken_at")[:1], output_field=Json()),
        "fact_first_km": Subquery(readings.order_by("taken_at", "id").values("km")[:1]),
    }


def rows(found: QuerySet[Any], **fields: Any) -> Func:
    """Return rows that belong to a car, as one list of JSON: an array would be taken apart by psycopg first."""
    listed = ArraySubquery(found.order_by().values(found_row=Object(**fields)))
    return Func(listed, function="to_jsonb", output_field=Json())


def _services() -> Func:
    # One condition and not two with OR, or the planner collects the records of a plan for all cars.
    done = Case(
        When(plan__isnull=False, then=Q(plan=OuterRef("pk"))),
        default=Q(service_type=OuterRef("service_type")),
        output_field=BooleanField(),
    )
    records = ServiceRecord.objects.filter(done, car=OuterRef(OuterRef("pk"))).order_by("-service_date", "-id")
    last = records.values(
        found=Object(km="odometer_km", on="service_date", next_km="next_service_km", next_on="next_service_date")
    )[:1]
    plans = ServicePlan.objects.filter(Q(car=OuterRef("pk")) | Q(category=OuterRef("category")))
    return rows(
        plans.alias(last=Subquery(last, output_field=Json())),
        id="id",
        service_type="service_type",
        every_km="every_km",
        every_months="every_months",
        since="created_at",
        last=F("last"),
        thresholds=Object(**{field.name: field.name for field in fields(Thresholds)}),
    )


def known_of(car: Any) -> dict[str, Any]:
    """Return the fields of Wear from what was asked."""
    return {
        "services": tuple(_service_due(row, car) for row in car.fact_services),
        "km": car.odometer_km,
        "km_per_day": _pace(car.fact_pace_from, car.fact_pace_to),
    }


def _pace(first: dict[str, Any] | None, last: dict[str, Any] | None) -> float:
    if not first or not last:
        return 0.0
    days = (datetime.fromisoformat(last["at"]) - datetime.fromisoformat(first["at"])) / timedelta(days=1)
    # A week at least, or it says nothing.
    return float(last["km"] - first["km"]) / days if days >= 7 else 0.0


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
