"""Contracts in JSON."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework import serializers

from accounts.models import User
from cars.models import Branch, Car, Category
from contracts.api import steps
from contracts.api.money import ChargeSerializer, LineOutput, PaymentSerializer
from contracts.api.privacy import DriverOutput, Guarded, PersonOutput
from contracts.gate import Refusal
from contracts.models import Assignment, Contract, Handover
from contracts.status import Status
from fleet.api.fields import InstantField, MoneyField
from fleet.api.serializers import StrictModelSerializer, StrictSerializer


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


class ContractRow(Guarded):
    """A contract in a list. Money is in `currency`; null stands for what your role may not see."""

    needs = {"paid": "contracts.view_payment", "held": "contracts.view_payment", "balance": "contracts.view_payment"}

    car = CarOutput(read_only=True)
    category = CategoryOutput(read_only=True)
    customer = PersonOutput(read_only=True, allow_null=True)
    pickup_branch = BranchOutput(read_only=True)
    return_branch = BranchOutput(read_only=True)
    overdue = serializers.SerializerMethodField(help_text="Out, and past the agreed end.")
    currency = serializers.SerializerMethodField()
    paid = MoneyField(read_only=True, allow_null=True)
    held = MoneyField(read_only=True, allow_null=True, help_text="The deposit that is held now; never revenue.")
    balance = MoneyField(
        read_only=True, allow_null=True, help_text="What is still to be paid; below 0 it is owed back."
    )

    class Meta:
        model = Contract
        fields: tuple[str, ...] = (
            "id",
            "reference",
            "status",
            "overdue",
            "channel",
            "external_ref",
            "car",
            "category",
            "customer",
            "pickup_branch",
            "return_branch",
            "pickup_place",
            "return_place",
            "start_at",
            "end_at",
            "picked_up_at",
            "returned_at",
            "hold_expires_at",
            "ended_at",
            "currency",
            "daily_rate",
            "km_per_day",
            "excess_km_rate",
            "deposit",
            "total",
            "paid",
            "held",
            "balance",
            "notes",
            "created_at",
            "created_by",
            "updated_at",
            "version",
        )
        read_only_fields = fields

    def get_overdue(self, contract: Contract) -> bool:
        return contract.status == Status.ACTIVE and contract.end_at < timezone.now()

    def get_currency(self, contract: Contract) -> str:
        return settings.CURRENCY


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


class ContractSerializer(ContractRow):
    """A contract with everything that belongs to it."""

    needs = {
        **ContractRow.needs,
        "lines": "contracts.view_priceline",
        "charges": "contracts.view_charge",
        "payments": "contracts.view_payment",
        "assignments": "contracts.view_assignment",
        "overrides": "contracts.view_handover",  # the house's own reasons
    }

    drivers = DriverOutput(many=True, read_only=True, help_text="Empty means that the customer drives.")
    lines = LineOutput(many=True, read_only=True, allow_null=True)
    charges = ChargeSerializer(many=True, read_only=True, allow_null=True)
    payments = PaymentSerializer(many=True, read_only=True, allow_null=True)
    assignments = AssignmentOutput(many=True, read_only=True, allow_null=True)
    overrides = OverrideOutput(many=True, read_only=True, allow_null=True)
    steps = serializers.SerializerMethodField(
        help_text="What may be posted to contracts/{id}/… now: by the state, and by you."
    )

    class Meta(ContractRow.Meta):
        fields = (
            *ContractRow.Meta.fields,
            "cancel_reason",
            "overrides",
            "drivers",
            "lines",
            "charges",
            "payments",
            "assignments",
            "steps",
        )
        read_only_fields = fields

    def get_steps(self, contract: Contract) -> list[str]:
        return steps.possible(contract, self.context["request"].user)


class RefusalOutput(serializers.Serializer[Refusal]):
    """One reason why not."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(["block", "override", "warn"])
    message = serializers.CharField()
    subject = serializers.CharField(allow_null=True, help_text="What is behind it, e.g. `cars.occupancy`.")
    subject_id = serializers.CharField(allow_null=True)
    until = serializers.CharField(allow_null=True, help_text="Instant or date when the reason ends, if known.")

    def to_representation(self, instance: Refusal) -> dict[str, Any]:
        return instance.as_json()


class QuotedLine(serializers.Serializer[Any]):
    kind = serializers.CharField()
    extra = serializers.UUIDField(source="extra.pk", default=None, allow_null=True)
    description = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=10, decimal_places=2)
    unit_price = MoneyField()
    amount = MoneyField()
    explained = serializers.CharField()


class QuoteOutput(StrictSerializer):
    """What a booking would cost, and every reason against it."""

    car = CarOutput()
    start_at = InstantField(source="period.start")
    end_at = InstantField(source="period.end")
    possible = serializers.BooleanField(help_text="Whether `POST contracts/` with the same body would be taken.")
    currency = serializers.SerializerMethodField()
    days = serializers.IntegerField()
    daily_rate = MoneyField(source="rates.daily_rate")
    deposit = MoneyField(source="rates.deposit")
    lines = QuotedLine(many=True)
    total = MoneyField()
    refusals = RefusalOutput(many=True)

    def get_currency(self, quote: Any) -> str:
        return settings.CURRENCY
