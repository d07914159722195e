"""Cars and what belongs to them in JSON. What verbs and the server decide is read-only here."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers

from cars import issues, ledger, odometer, workshop
from cars.models import (
    Branch,
    Car,
    Category,
    Damage,
    Inspection,
    Insurance,
    IssueReport,
    Occupancy,
    OdometerReading,
    Paper,
    Registration,
    ServicePlan,
    ServiceRecord,
)
from cars.models.car import MOST_KM, not_after_next_year
from fleet.api.fields import InstantField, MoneyField
from fleet.api.serializers import StrictModelSerializer, StrictSerializer
from fleet.db.period import Period

SERVER_SET = ("created_at", "created_by", "updated_at", "version")


class FleetSerializer(StrictModelSerializer):
    """`fixed` fields are given once, on creation."""

    fixed: ClassVar[tuple[str, ...]] = ()

    def get_extra_kwargs(self) -> dict[str, Any]:
        given = super().get_extra_kwargs()
        if self.instance is None:
            return given
        return {**given, **{name: {**given.get(name, {}), "read_only": True} for name in self.fixed}}

    @property
    def by(self) -> Any:
        return self.context["request"].user


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


class CarSerializer(FleetSerializer):
    rate = MoneyField(read_only=True, help_text="What a day costs: the car's own daily_rate, else its category's.")

    class Meta:
        model = Car
        fields = (
            "id",
            "license_plate",
            "vin",
            "manufacturer",
            "model",
            "year",
            "color",
            "category",
            "fuel_type",
            "transmission",
            "seats",
            "doors",
            "engine_power_hp",
            "tank_litres",
            "odometer_km",
            "daily_rate",
            "rate",
            "branch",
            "location_note",
            "lifecycle",
            *SERVER_SET,
        )
        read_only_fields = ("odometer_km", "lifecycle", *SERVER_SET)

    def validate_year(self, year: int) -> int:
        not_after_next_year(year, timezone.localdate())
        return year


class PaperSerializer(FleetSerializer):
    """Shared by insurances, registrations and inspections."""

    fixed = ("car",)
    days_left = serializers.SerializerMethodField(help_text="Days until the last valid one; negative when expired.")

    def get_days_left(self, paper: Paper) -> int:
        return (paper.valid_until - timezone.localdate()).days


_PAPER = ("id", "car", "number", "valid_from", "valid_until", "days_left", "cost", "notes", *SERVER_SET)


class InsuranceSerializer(PaperSerializer):
    class Meta:
        model = Insurance
        fields = (*_PAPER, "kind", "provider")
        read_only_fields = SERVER_SET


class RegistrationSerializer(PaperSerializer):
    class Meta:
        model = Registration
        fields = (*_PAPER, "authority")
        read_only_fields = SERVER_SET


class InspectionSerializer(PaperSerializer):
    class Meta:
        model = Inspection
        fields = _PAPER
        read_only_fields = SERVER_SET


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


class ServiceRecordSerializer(FleetSerializer):
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


class IssueSerializer(FleetSerializer):
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
        return issues.report(IssueReport(**validated_data), by=self.by)

    def update(self, instance: IssueReport, validated_data: dict[str, Any]) -> IssueReport:
        return issues.revise(instance.pk, by=self.by, **validated_data)


class ResolveInput(StrictSerializer):
    resolution = serializers.CharField(max_length=4000)
    actual_cost = MoneyField(min_value=0, required=False, allow_null=True)


class DamageSerializer(FleetSerializer):
    fixed = ("car",)

    class Meta:
        model = Damage
        fields = ("id", "car", "panel", "kind", "note", "found_in_id", "repaired_at", "repair_cost", *SERVER_SET)
        read_only_fields = ("found_in_id", "repaired_at", "repair_cost", *SERVER_SET)


class RepairInput(StrictSerializer):
    repaired_at = InstantField(required=False)
    repair_cost = MoneyField(min_value=0, required=False, allow_null=True)


class OdometerInput(StrictSerializer):
    km = serializers.IntegerField(min_value=0, max_value=MOST_KM)
    taken_at = InstantField(required=False)


class ReadingSerializer(FleetSerializer):
    """A reading. To correct a wrong one, send a new one that names it in `corrects`, with a reason."""

    taken_at = InstantField(required=False)

    class Meta:
        model = OdometerReading
        fields = ("id", "car", "km", "taken_at", "source", "corrects", "reason", *SERVER_SET)
        read_only_fields = ("source", *SERVER_SET)
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "corrects": {"validators": []}
        }  # the verb says who has corrected it already

    def create(self, validated_data: dict[str, Any]) -> OdometerReading:
        car = validated_data.pop("car")
        manual = OdometerReading.Source.MANUAL
        return odometer.record(car.pk, source=manual, by=self.by, now=timezone.now(), **validated_data)


class BlockInput(StrictSerializer):
    start_at = InstantField()
    end_at = InstantField()
    kind = serializers.ChoiceField([(kind.value, kind.label) for kind in ledger.KINDS], default="block")
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class OccupancySerializer(FleetSerializer):
    """Days a car is taken. Rentals are seen here and changed through their contracts."""

    start_at = InstantField(source="period.lower")
    end_at = InstantField(source="period.upper")
    fixed = ("car", "kind")

    class Meta:
        model = Occupancy
        fields = ("id", "car", "kind", "start_at", "end_at", "note", "released_at", *SERVER_SET)
        read_only_fields = ("released_at", *SERVER_SET)

    def create(self, validated_data: dict[str, Any]) -> Occupancy:
        span = validated_data["period"]
        return ledger.take(
            validated_data["car"].pk,
            Period(span["lower"], span["upper"]),
            validated_data["kind"],
            note=validated_data.get("note", ""),
            by=self.by,
            now=timezone.now(),
        )

    def update(self, instance: Occupancy, validated_data: dict[str, Any]) -> Occupancy:
        span = validated_data.get("period", {})
        return ledger.move(
            instance.pk,
            start=span.get("lower"),
            end=span.get("upper"),
            note=validated_data.get("note"),
            by=self.by,
            now=timezone.now(),
        )


class CalendarOutput(serializers.Serializer[Any]):
    car = serializers.UUIDField()
    start_at = InstantField()
    end_at = InstantField()
    occupancies = OccupancySerializer(many=True)
