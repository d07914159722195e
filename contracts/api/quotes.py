"""Refusals and quotes in JSON."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from contracts.api.parts import CarOutput
from contracts.gate import Refusal
from fleet.api.fields import InstantField, MoneyField
from fleet.api.serializers import StrictSerializer


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
