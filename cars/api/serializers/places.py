"""Branches and categories."""

from cars.api.serializers.base import SERVER_SET, FleetSerializer
from cars.models import Branch, Category


class BranchSerializer(FleetSerializer):
    class Meta:
        model = Branch
        fields = ("id", "code", "name", "time_zone", "address", "phone", "email", "is_active", *SERVER_SET)
        read_only_fields = SERVER_SET


class CategorySerializer(FleetSerializer):
    class Meta:
        model = Category
        fields = (
            "id",
            "code",
            "name",
            "daily_rate",
            "deposit",
            "min_driver_age",
            "km_per_day",
            "excess_km_rate",
            "turnaround_minutes",
            "upgrade_rank",
            *SERVER_SET,
        )
        read_only_fields = SERVER_SET
