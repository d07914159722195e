"""Extras, lines, charges and payments in JSON."""

from typing import Any

from rest_framework import serializers

from contracts.models import Charge, Extra, Payment, PriceLine
from contracts.models.money import LineKind
from contracts.payments import Tender
from fleet.api.fields import MoneyField
from fleet.api.serializers import StrictModelSerializer, StrictSerializer
from fleet.money import CENT, MOST


class ExtraSerializer(StrictModelSerializer):
    class Meta:
        model = Extra
        fields = (
            "id",
            "code",
            "name",
            "charge",
            "price",
            "max_quantity",
            "stock",
            "is_active",
            "created_at",
            "created_by",
            "updated_at",
            "version",
        )
        read_only_fields = ("id", "created_at", "created_by", "updated_at", "version")


class LineOutput(StrictModelSerializer):
    """One line of the bill, with the sum that explains it."""

    class Meta:
        model = PriceLine
        fields = (
            "id",
            "kind",
            "extra",
            "description",
            "quantity",
            "unit_price",
            "amount",
            "explained",
            "created_at",
            "created_by",
        )
        read_only_fields = fields


class ChargeSerializer(StrictModelSerializer):
    """What a return costs extra: proposed by formula, accepted (then it has a line) or waived with a reason."""

    class Meta:
        model = Charge
        fields = (
            "id",
            "contract",
            "kind",
            "status",
            "quantity",
            "unit_price",
            "amount",
            "explained",
            "inputs",
            "reason",
            "line",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields = fields


class PaymentSerializer(StrictModelSerializer):
    """Money that changed hands; never changed and never deleted."""

    class Meta:
        model = Payment
        fields = (
            "id",
            "contract",
            "kind",
            "method",
            "amount",
            "external_id",
            "note",
            "at",
            "created_at",
            "created_by",
        )
        read_only_fields = fields


class TenderInput(StrictSerializer):
    method = serializers.ChoiceField(Payment.Method.choices)
    external_id = serializers.CharField(max_length=80, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> Any:
        return Tender(**attrs)


class LineInput(StrictSerializer):
    """A discount (below 0), a fine or another line."""

    kind = serializers.ChoiceField([LineKind.DISCOUNT, LineKind.FINE, LineKind.OTHER])
    description = serializers.CharField(max_length=200)
    amount = MoneyField(min_value=-MOST)


class ContractPaymentInput(StrictSerializer):
    """Money that changes hands; the same external_id again returns the first payment."""

    kind = serializers.ChoiceField(Payment.Kind.choices)
    method = serializers.ChoiceField(Payment.Method.choices)
    amount = MoneyField(min_value=CENT)
    external_id = serializers.CharField(max_length=80, required=False, allow_blank=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class PaymentInput(ContractPaymentInput):
    contract = serializers.UUIDField()
