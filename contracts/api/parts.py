"""What stands beside a contract and below it, in JSON."""

from typing import Any

from rest_framework import serializers

from accounts.models import User
from cars.models import Branch, Car, Category
from contracts.api.privacy import Guarded
from contracts.models import Assignment, Handover
from fleet.api.fields import InstantField
from fleet.api.serializers import StrictModelSerializer


class CarOutput(StrictModelSerializer):
    """A car beside a contract."""

    class Meta:
        model = Car
        fields = ("id", "license_plate", "manufacturer", "model", "fuel_type", "odometer_km")
        read_only_fields = fields


class CategoryOutput(StrictModelSerializer):
    class Meta:
        model = Category
        fields = ("id", "code", "name")
        read_only_fields = fields


class BranchOutput(StrictModelSerializer):
    class Meta:
        model = Branch
        fields = ("id", "code", "name", "time_zone")
        read_only_fields = fields


class StaffOutput(serializers.ModelSerializer[User]):
    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = User
        fields = ("id", "name")
        read_only_fields = fields


class HandoverOutput(StrictModelSerializer):
    by = StaffOutput(read_only=True)
    clean = serializers.BooleanField(source="is_clean", read_only=True)

    class Meta:
        model = Handover
        fields = (
            "id",
            "kind",
            "at",
            "by",
            "odometer_km",
            "fuel_eighths",
            "battery_pct",
            "clean",
            "checklist",
            "remarks",
        )
        read_only_fields = fields


class AssignmentOutput(Guarded):
    """A car that the contract holds or held, from when to when the ledger keeps it."""

    needs = {"handovers": "contracts.view_handover"}

    car = CarOutput(source="occupancy.car", read_only=True)
    taken_from = InstantField(source="occupancy.period.lower", read_only=True)
    taken_until = InstantField(source="occupancy.period.upper", read_only=True, help_text="With the turnaround.")
    handovers = HandoverOutput(many=True, read_only=True, allow_null=True)

    class Meta:
        model = Assignment
        fields = ("id", "seq", "reason", "car", "taken_from", "taken_until", "closed_at", "handovers")
        read_only_fields = fields


class OverrideOutput(serializers.Serializer[Any]):
    """Somebody said yes where the gate said no."""

    code = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.UUIDField()
    at = serializers.DateTimeField()
