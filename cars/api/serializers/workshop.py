"""Service plans and records, issues, damages."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from cars import issues, workshop
from cars.api.serializers.base import SERVER_SET, FleetSerializer, HoldingSerializer
from cars.models import Damage, IssueReport, Occupancy, ServicePlan, ServiceRecord
from cars.models.car import MOST_KM
from fleet.api.fields import InstantField, MoneyField
from fleet.api.serializers import StrictSerializer


class ServicePlanSerializer(FleetSerializer):
    fixed = ("car", "category")

    class Meta:
        model = ServicePlan
        fields = (
            "id",
            "car",
            "category",
            "service_type",
            "every_km",
            "every_months",
            "warn_km",
            "warn_days",
            "critical_km",
            "critical_days",
            *SERVER_SET,
        )
        read_only_fields = SERVER_SET


class ServiceRecordSerializer(HoldingSerializer):
    """A service that was done; writing it also writes an odometer reading."""

    fixed = ("car",)
    occupancy = serializers.PrimaryKeyRelatedField(
        queryset=Occupancy.objects.filter(kind="workshop"),
        required=False,
        allow_null=True,
        help_text="The workshop days during which it was done.",
    )

    class Meta:
        model = ServiceRecord
        fields = (
            "id",
            "car",
            "service_date",
            "odometer_km",
            "service_type",
            "vendor",
            "description",
            "cost",
            "plan",
            "next_service_km",
            "next_service_date",
            "occupancy",
            *SERVER_SET,
        )
        read_only_fields = SERVER_SET
        extra_kwargs = {"odometer_km": {"max_value": MOST_KM}, "next_service_km": {"max_value": MOST_KM}}

    def create(self, validated_data: dict[str, Any]) -> ServiceRecord:
        return workshop.record(ServiceRecord(**validated_data), by=self.by, now=timezone.now())

    def update(self, instance: ServiceRecord, validated_data: dict[str, Any]) -> ServiceRecord:
        return workshop.amend(instance.pk, by=self.by, now=timezone.now(), **validated_data)


class IssueSerializer(HoldingSerializer):
    fixed = ("car",)

    class Meta:
        model = IssueReport
        fields = (
            "id",
            "car",
            "title",
            "description",
            "severity",
            "status",
            "restriction",
            "contract_id",
            "estimated_cost",
            "actual_cost",
            "resolution",
            "reported_by",
            "resolved_by",
            "resolved_at",
            *SERVER_SET,
        )
        read_only_fields = (
            "status",
            "contract_id",
            "resolution",
            "reported_by",
            "resolved_by",
            "resolved_at",
            *SERVER_SET,
        )

    def create(self, validated_data: dict[str, Any]) -> IssueReport:
        return issues.report(IssueReport(**validated_data), by=self.by, now=timezone.now())

    def update(self, instance: IssueReport, validated_data: dict[str, Any]) -> IssueReport:
        return issues.revise(instance.pk, by=self.by, now=timezone.now(), **validated_data)


class ResolveInput(StrictSerializer):
    resolution = serializers.CharField(max_length=4000)
    actual_cost = MoneyField(min_value=0, required=False, allow_null=True)


class DamageSerializer(HoldingSerializer):
    fixed = ("car",)

    class Meta:
        model = Damage
        fields = ("id", "car", "panel", "kind", "note", "found_in_id", "repaired_at", "repair_cost", *SERVER_SET)
        read_only_fields = ("found_in_id", "repaired_at", "repair_cost", *SERVER_SET)


class RepairInput(StrictSerializer):
    repaired_at = InstantField(required=False)
    repair_cost = MoneyField(min_value=0, required=False, allow_null=True)
