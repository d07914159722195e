"""Contracts in JSON."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from rest_framework import serializers

from contracts.api import steps
from contracts.api.money import ChargeSerializer, LineOutput, PaymentSerializer
from contracts.api.parts import AssignmentOutput, BranchOutput, CarOutput, CategoryOutput, OverrideOutput
from contracts.api.privacy import DriverOutput, Guarded, PersonOutput
from contracts.models import Contract
from contracts.status import Status
from fleet import witness
from fleet.api.fields import MoneyField


def is_overdue(status: str, end_at: datetime) -> bool:
    """Say whether a car is out past the agreed end; before that, whoever keeps the answer is told when it ends."""
    if status != Status.ACTIVE:
        return False
    overdue = end_at < timezone.now()
    if not overdue:
        witness.until(end_at)
    return overdue


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
            "pickup_position",
            "return_position",
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
        return is_overdue(contract.status, contract.end_at)

    def get_currency(self, contract: Contract) -> str:
        return settings.CURRENCY


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
        return steps.possible(contract.status, self.context["request"].user)
