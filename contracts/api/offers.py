"""Free cars, refused cars and what comes near, in JSON."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from cars.models import Car
from contracts import search
from contracts.api.parts import BranchOutput, CategoryOutput
from contracts.api.quotes import RefusalOutput
from fleet.api.fields import InstantField, MoneyField
from fleet.api.serializers import StrictModelSerializer
from fleet.db.period import Period


class FreeCar(StrictModelSerializer):
    category = CategoryOutput()
    branch = BranchOutput()

    class Meta:
        model = Car
        fields = (
            "id",
            "license_plate",
            "manufacturer",
            "model",
            "year",
            "color",
            "category",
            "fuel_type",
            "transmission",
            "seats",
            "doors",
            "branch",
        )
        read_only_fields = fields


class PeriodOutput(serializers.Serializer[Period]):
    start = InstantField()
    end = InstantField()


class OfferOutput(serializers.Serializer[search.Offer]):
    car = FreeCar()
    start_at = InstantField(source="period.start")
    end_at = InstantField(source="period.end")
    days = serializers.IntegerField()
    daily_rate = MoneyField(source="rates.daily_rate")
    total = MoneyField()
    currency = serializers.SerializerMethodField()
    deposit = MoneyField(source="rates.deposit")
    free_until = InstantField(allow_null=True, help_text="When the car is taken next, if that is near.")
    warnings = RefusalOutput(many=True)

    def get_currency(self, offer: search.Offer) -> str:
        return settings.CURRENCY


class RefusedOutput(serializers.Serializer[search.Taken]):
    car = FreeCar()
    refusals = RefusalOutput(many=True)


class AvailabilityOutput(serializers.Serializer[Any]):
    """Free cars, cheapest first; `refused` and `alternatives` only with `explain`."""

    period = PeriodOutput()
    free = OfferOutput(many=True)
    refused = RefusedOutput(many=True)
    alternatives = OfferOutput(many=True, help_text="The same class elsewhere, the next class up, or up to 2 days off.")
