"""Reads of cars that read like sentences."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Concat, Greatest, Upper

from cars.plates import plate_key
from fleet.db.base import BaseQuerySet
from fleet.db.period import Period

if TYPE_CHECKING:
    from cars.models import (
        Branch,
        Car,
        Category,
        Damage,
        IssueReport,
        Occupancy,
        OdometerReading,
        Paper,
        ServicePlan,
        ServiceRecord,
    )


def _holding(text: str, *columns: str, car: str = "car__") -> Q:
    """Return the condition "one of the columns, or the plate of the car, contains the text"."""
    condition = Q()
    for column in columns:
        condition |= Q(**{f"{column}__icontains": text})
    if car and (key := plate_key(text)):
        condition |= Q(**{f"{car}plate_key__contains": key})
    return condition


class BranchQuerySet(BaseQuerySet["Branch"]):
    def search(self, text: str) -> Self:
        return self.filter(_holding(text, "code", "name", "address", car=""))


class CategoryQuerySet(BaseQuerySet["Category"]):
    def search(self, text: str) -> Self:
        return self.filter(_holding(text, "code", "name", car=""))


class CarQuerySet(BaseQuerySet["Car"]):
    def in_service(self) -> Self:
        """Cars that may be rented at all."""
        return self.filter(lifecycle="active")

    def kept(self) -> Self:
        """Cars the company still looks after: not archived and not disposed of."""
        return self.exclude(lifecycle__in=("archived", "disposed"))

    def free(self, period: Period) -> Self:
        """Cars without an open occupancy in the period (the caller adds the turnaround)."""
        occupancy: Any = self.model._meta.get_field("occupancies").related_model
        taken = occupancy.objects.overlapping(period)
        return self.filter(~Exists(taken.filter(car=OuterRef("pk"))))

    def search(self, text: str) -> Self:
        """Cars whose plate contains the text, or whose make and model resemble it."""
        key = plate_key(text)
        words = text.upper().strip()
        if not words:
            return self
        named = self.annotate(
            likeness=TrigramWordSimilarity(words, Concat(Upper("manufacturer"), Value(" "), Upper("model")))
        )
        match = Q(likeness__gte=0.6)
        if key:
            match |= Q(plate_key__contains=key) | Q(vin__contains=key)
        return named.filter(match)

    def with_desk(self) -> Self:
        """Cars with the rows that every list shows beside them."""
        return self.select_related("category", "branch")

    def with_rate(self) -> Self:
        """Cars with `rate`: what a day costs, their own price or the category's."""
        return self.annotate(rate=Coalesce("daily_rate", "category__daily_rate"))


class OccupancyQuerySet(BaseQuerySet["Occupancy"]):
    def open(self) -> Self:
        return self.filter(released_at__isnull=True)

    def overlapping(self, period: Period) -> Self:
        """Open rows that share an instant with the period.

        Written as two comparisons, not as `&&`: the planner then takes the small index on the end of open rows.
        """
        return (
            self.open()
            .alias(ends=RangeEndsWith(F("period")), starts=RangeStartsWith(F("period")))
            .filter(ends__gt=period.start, starts__lt=period.end)
        )

    def within(self, period: Period) -> Self:
        """The same rows of the whole fleet, to be joined: of `&&` the planner knows how few they are."""
        return self.open().filter(period__overlap=(period.start, period.end))

    def with_span(self) -> Self:
        """Rows with `starts` and `ends`, to sort and filter by."""
        return self.annotate(starts=RangeStartsWith(F("period")), ends=RangeEndsWith(F("period")))

    def search(self, text: str) -> Self:
        return self.filter(_holding(text, "note"))

    def running(self, now: datetime) -> Self:
        """Open rows that have not ended."""
        return self.open().alias(ends=RangeEndsWith(F("period"))).filter(ends__gt=now)


class OdometerQuerySet(BaseQuerySet["OdometerReading"]):
    def valid(self) -> Self:
        """Readings that no later row corrects.

        Written as NOT EXISTS: of `corrected_by__isnull` the planner makes a join with every reading of every car.
        """
        return self.filter(~Exists(self.model._default_manager.filter(corrects=OuterRef("pk")).order_by()))

    def latest_first(self) -> Self:
        return self.order_by("-taken_at", "-id")

    def search(self, text: str) -> Self:
        return self.filter(_holding(text, "reason"))


class PaperQuerySet[P: "Paper"](BaseQuerySet[P]):
    def valid_on(self, day: date) -> Self:
        return self.filter(valid_from__lte=day, valid_until__gte=day)

    def reaching_into(self, first: date, last: date) -> Self:
        """Papers valid on at least one of the days."""
        return self.filter(valid_from__lte=last, valid_until__gte=first)

    def expiring(self, first: date, last: date) -> Self:
        return self.filter(valid_until__range=(first, last))

    def of_kept_cars(self) -> Self:
        return self.exclude(car__lifecycle__in=("archived", "disposed"))

    def unrenewed(self, on: date) -> Self:
        """The last paper of each chain: no other of its car and kind goes on where it ends, or has since."""
        same = {"car": OuterRef("car"), **{name: OuterRef(name) for name in self.model.ALIKE}}
        lasts_longer = Q(valid_until__gt=OuterRef("valid_until"))
        twin = Q(valid_until=OuterRef("valid_until"), id__gt=OuterRef("id"))
        in_time = Q(valid_from__lte=Greatest(OuterRef("valid_until") + timedelta(days=1), Value(on)))
        renewal = self.model._default_manager.filter(in_time & lasts_longer | twin, **same)
        return self.filter(~Exists(renewal.order_by()))

    def search(self, text: str) -> Self:
        return self.filter(_holding(text, "number", "notes"))


class PlanQuerySet(BaseQuerySet["ServicePlan"]):
    def search(self, text: str) -> Self:
        return self.filter(_holding(text, "service_type", "category__name"))


class RecordQuerySet(BaseQuerySet["ServiceRecord"]):
    def search(self, text: str) -> Self:
        return self.filter(_holding(text, "service_type", "vendor", "description"))


class IssueQuerySet(BaseQuerySet["IssueReport"]):
    def unresolved(self) -> Self:
        return self.filter(status__in=("open", "in_progress"))

    def restricting(self) -> Self:
        """Unresolved issues that keep the car from being rented."""
        return self.unresolved().exclude(restriction="none")

    def search(self, text: str) -> Self:
        return self.filter(_holding(text, "title", "description", "resolution"))


class DamageQuerySet(BaseQuerySet["Damage"]):
    def unrepaired(self) -> Self:
        return self.filter(repaired_at__isnull=True)

    def search(self, text: str) -> Self:
        return self.filter(_holding(text, "note"))
