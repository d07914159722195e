"""Query parameters of the lists of cars and what belongs to them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cars.gaps import KINDS
from cars.models import Car, Inspection, Insurance, IssueReport, Occupancy, OdometerReading, Registration
from cars.plates import plate_key
from cars.querysets import IssueQuerySet, PaperQuerySet
from fleet.api.filters import FlagFilter, InstantFilter
from fleet.api.serializers import StrictSerializer
from fleet.db.period import EARLIEST_YEAR, LATEST_YEAR

_MOST = 2_147_483_647


@extend_schema_field(OpenApiTypes.INT)
class WholeFilter(django_filters.Filter):  # type: ignore[misc]
    """A whole number that the column can hold."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"min_value": 0, "max_value": _MOST, **options})


@extend_schema_field(OpenApiTypes.STR)
class KeyFilter(django_filters.CharFilter):  # type: ignore[misc]
    """A row by its id or by its code."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        try:
            return qs.filter(**{f"{self.field_name}_id": UUID(value)})
        except ValueError:
            return qs.filter(**{f"{self.field_name}__code": value})


class DayFilter(django_filters.DateFilter):  # type: ignore[misc]
    """A date as ISO 8601 writes it, nothing local."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, input_formats=["%Y-%m-%d"], **options)


class OfCar(django_filters.FilterSet):  # type: ignore[misc]
    car = django_filters.UUIDFilter(field_name="car_id")


class BranchFilters(django_filters.FilterSet):  # type: ignore[misc]
    code = django_filters.CharFilter()
    is_active = FlagFilter()


class CategoryFilters(django_filters.FilterSet):  # type: ignore[misc]
    code = django_filters.CharFilter()


class CarFilters(django_filters.FilterSet):  # type: ignore[misc]
    plate = django_filters.CharFilter(method="by_plate", label="However it is written: A12-K-345 is a12k345.")
    status = django_filters.MultipleChoiceFilter(field_name="lifecycle", choices=Car.Lifecycle.choices)
    manufacturer = django_filters.CharFilter(lookup_expr="iexact")
    model = django_filters.CharFilter(lookup_expr="iexact")
    category = KeyFilter()
    branch = KeyFilter()
    fuel_type = django_filters.MultipleChoiceFilter(choices=Car.Fuel.choices)
    transmission = django_filters.ChoiceFilter(choices=Car.Transmission.choices)
    seats_min = WholeFilter(field_name="seats", lookup_expr="gte")
    rate_min = django_filters.NumberFilter(field_name="rate", lookup_expr="gte")
    rate_max = django_filters.NumberFilter(field_name="rate", lookup_expr="lte")
    km_max = WholeFilter(field_name="odometer_km", lookup_expr="lte")

    def by_plate(self, cars: QuerySet[Car], name: str, value: str) -> QuerySet[Car]:
        return cars.filter(plate_key=plate_key(value))


class PaperFilters(OfCar):
    active_on = DayFilter(method="on_day")
    expiring_within = WholeFilter(method="soon", max_value=3650, label="Days from today.")

    def on_day(self, papers: PaperQuerySet[Any], name: str, day: date) -> PaperQuerySet[Any]:
        return papers.valid_on(day)

    def soon(self, papers: PaperQuerySet[Any], name: str, days: int) -> PaperQuerySet[Any]:
        today = timezone.localdate()
        return papers.expiring(today, today + timedelta(days=days))


class InsuranceFilters(PaperFilters):
    kind = django_filters.MultipleChoiceFilter(choices=Insurance.Kind.choices)

    class Meta:
        model = Insurance
        fields = ("provider",)


class RegistrationFilters(PaperFilters):
    class Meta:
        model = Registration
        fields = ("authority",)


class InspectionFilters(PaperFilters):
    class Meta:
        model = Inspection
        fields = ()


class ServicePlanFilters(OfCar):
    category = KeyFilter()
    type = django_filters.CharFilter(field_name="service_type", lookup_expr="iexact")


class ServiceRecordFilters(OfCar):
    type = django_filters.CharFilter(field_name="service_type", lookup_expr="iexact")
    plan = django_filters.UUIDFilter(field_name="plan_id")
    done_from = DayFilter(field_name="service_date", lookup_expr="gte")
    done_until = DayFilter(field_name="service_date", lookup_expr="lte")


class IssueFilters(OfCar):
    open = FlagFilter(method="by_open", label="Not resolved yet.")
    status = django_filters.MultipleChoiceFilter(choices=IssueReport.Status.choices)
    severity = django_filters.MultipleChoiceFilter(choices=IssueReport.Severity.choices)
    restriction = django_filters.MultipleChoiceFilter(choices=IssueReport.Restriction.choices)

    def by_open(self, issues: IssueQuerySet, name: str, value: Any) -> IssueQuerySet:
        return issues.unresolved() if value else issues.exclude(status__in=("open", "in_progress"))


class DamageFilters(OfCar):
    repaired = FlagFilter(field_name="repaired_at", lookup_expr="isnull", exclude=True)
    found_in = django_filters.UUIDFilter(field_name="found_in_id", label="The hand-over that found it.")


class GapsQuery(StrictSerializer):
    """A span of days, both included."""

    def get_fields(self) -> dict[str, Any]:
        return {
            "from": serializers.DateField(required=False, help_text="Default: today."),
            "to": serializers.DateField(required=False, help_text="Default: 30 days later; at most ten years."),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first = attrs.get("from", timezone.localdate())
        if not EARLIEST_YEAR <= first.year < LATEST_YEAR:
            raise serializers.ValidationError({"from": f"The year lies between {EARLIEST_YEAR} and {LATEST_YEAR}."})
        last = attrs.get("to", first + timedelta(days=30))
        if not timedelta(0) <= last - first <= timedelta(days=3660):
            raise serializers.ValidationError({"to": "The end lies on or after the start, at most ten years later."})
        return {**attrs, "from": first, "to": last}


class FleetGapsQuery(GapsQuery):
    def get_fields(self) -> dict[str, Any]:
        kind = serializers.ChoiceField(KINDS, required=False)
        return {**super().get_fields(), "kind": kind, "branch": serializers.UUIDField(required=False)}


class OccupancyFilters(OfCar):
    kind = django_filters.MultipleChoiceFilter(choices=Occupancy.Kind.choices)
    released = FlagFilter(field_name="released_at", lookup_expr="isnull", exclude=True)
    ends_after = InstantFilter(field_name="ends", lookup_expr="gt")
    starts_before = InstantFilter(field_name="starts", lookup_expr="lt")


class ReadingFilters(OfCar):
    source = django_filters.MultipleChoiceFilter(choices=OdometerReading.Source.choices)
    valid = FlagFilter(field_name="corrected_by", lookup_expr="isnull", label="Not corrected by a later one.")
