"""How a car stands: what it costs, what comes due, what is wrong with it."""

from typing import Any

from rest_framework import serializers

from cars.costs import Category, Costs, Month
from fleet.api.fields import MoneyField


class CategoriesOutput(serializers.Serializer[Any]):
    """An amount per category."""

    def get_fields(self) -> dict[str, Any]:
        return {one.value: MoneyField() for one in Category}


class MonthOutput(serializers.Serializer[Month]):
    month = serializers.DateField(source="first", format="%Y-%m", help_text="Such as 2026-11.")
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
