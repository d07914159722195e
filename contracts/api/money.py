"""Extras, lines, charges and payments in JSON."""

from contracts.models import Charge, Extra, Payment, PriceLine
from fleet.api.serializers import StrictModelSerializer


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
