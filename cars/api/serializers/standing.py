"""How a car stands: what it costs, what comes due, what is wrong with it."""

from typing import Any

from rest_framework import serializers

from cars.alerts import Alert, ServiceState
from cars.costs import Category, Costs, Month
from cars.gaps import KINDS, Gap
from cars.overview import Overview, PaperState, State
from fleet.api.fields import InstantField, MoneyField


class CategoriesOutput(serializers.Serializer[Any]):
    """An amount per category."""

    def get_fields(self) -> dict[str, Any]:
        return {one.value: MoneyField() for one in Category}


class MonthOutput(serializers.Serializer[Month]):
    month = serializers.CharField(source="name", help_text="Such as 2026-11.")
    total = MoneyField()
    categories = CategoriesOutput()


class CostsOutput(serializers.Serializer[Costs]):
    """What a car cost; every total is the sum of the parts that are shown."""

    car = serializers.UUIDField(source="car_id")
    first = serializers.DateField()
    last = serializers.DateField()
    total = MoneyField()
    categories = CategoriesOutput()
    months = MonthOutput(many=True)
    per_month = MoneyField(help_text="Average over all months of the span, empty ones included.")
    per_day = MoneyField()
    driven_km = serializers.IntegerField()
    per_km = serializers.DecimalField(12, 4, allow_null=True, help_text="null for a car that was not driven.")
    projected_year = MoneyField(help_text="Mean of the last three full months × 12.")


class GapOutput(serializers.Serializer[Gap]):
    """Days without a valid paper."""

    car = serializers.UUIDField(source="car_id")
    license_plate = serializers.CharField(source="plate")
    kind = serializers.ChoiceField(KINDS)
    is_required = serializers.BooleanField(source="required", help_text="false: missed only because the car had one.")
    first = serializers.DateField()
    last = serializers.DateField(help_text="Included.")
    days = serializers.IntegerField()
    ends = serializers.BooleanField(help_text="Whether another paper begins the day after.")


class GapsOutput(serializers.Serializer[Any]):
    """All of them, the earliest first."""

    def get_fields(self) -> dict[str, Any]:
        return {"data": GapOutput(many=True)}  # `data` as an attribute is DRF's own


class AlertOutput(serializers.Serializer[Alert]):
    """One thing to know of a car."""

    level = serializers.CharField(help_text="critical, warning or info.")
    code = serializers.CharField(help_text="What comes due, a code of the gate, `gap`, `issue` or `at_risk`.")
    title = serializers.CharField()
    object = serializers.CharField(source="label", help_text="The model behind it, such as cars.insurance.")
    object_id = serializers.UUIDField()
    due_on = serializers.DateField(allow_null=True)
    days_left = serializers.IntegerField(allow_null=True)
    km_left = serializers.IntegerField(allow_null=True)


class AlertsOutput(serializers.Serializer[Any]):
    """All of them, the worst first."""

    def get_fields(self) -> dict[str, Any]:
        return {"data": AlertOutput(many=True)}


class FollowingOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    start_at = InstantField(source="period.lower")
    end_at = InstantField(source="period.upper")


class StateOutput(serializers.Serializer[State]):
    """What the ledger says at this moment."""

    kind = serializers.CharField(help_text="free, or what takes the car.")
    since = InstantField(allow_null=True)
    until = InstantField(allow_null=True, help_text="When it is free again; for a free car, when it is taken next.")
    next = FollowingOutput(source="following", allow_null=True)


class PaperStateOutput(serializers.Serializer[PaperState]):
    kind = serializers.CharField()
    id = serializers.UUIDField(source="paper.pk")
    number = serializers.CharField(source="paper.number")
    valid_from = serializers.DateField(source="paper.valid_from")
    valid_until = serializers.DateField(source="paper.valid_until")
    days_left = serializers.IntegerField()


class ServiceStateOutput(serializers.Serializer[ServiceState]):
    plan = serializers.UUIDField(source="plan_id")
    service_type = serializers.CharField()
    due_on = serializers.DateField(allow_null=True, help_text="By the calendar.")
    due_km = serializers.IntegerField(allow_null=True)
    projected_on = serializers.DateField(allow_null=True, help_text="By the calendar or the recent pace, the first.")
    days_left = serializers.IntegerField(allow_null=True)
    km_left = serializers.IntegerField(allow_null=True)
    level = serializers.CharField(allow_null=True, help_text="critical, warning; null: far off.")


class MoneyOutput(serializers.Serializer[Costs]):
    """The last twelve months; cars/{id}/costs/ has them in detail."""

    first = serializers.DateField()
    last = serializers.DateField()
    total = MoneyField()
    per_month = MoneyField()
    per_km = serializers.DecimalField(12, 4, allow_null=True)
    projected_year = MoneyField()


class OverviewOutput(serializers.Serializer[Overview]):
    """One car at a glance."""

    car = serializers.UUIDField(source="car.pk")
    license_plate = serializers.CharField(source="car.license_plate")
    lifecycle = serializers.CharField(source="car.lifecycle")
    odometer_km = serializers.IntegerField(source="car.odometer_km")
    km_per_day = serializers.SerializerMethodField(help_text="Of the last 90 days.")
    state = StateOutput()
    papers = PaperStateOutput(many=True)
    services = ServiceStateOutput(many=True)
    open_issues = serializers.IntegerField()
    open_damages = serializers.IntegerField()
    alerts = AlertOutput(many=True)
    costs = MoneyOutput(allow_null=True)

    def get_km_per_day(self, found: Overview) -> float:
        return round(found.km_per_day, 1)
