"""The car, what its actions take, and its calendar."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from cars import ledger
from cars.api.serializers.base import SERVER_SET, HoldingSerializer
from cars.api.serializers.ledger import OccupancySerializer
from cars.models import Car
from cars.models.car import MOST_KM, not_after_next_year
from fleet.api.fields import InstantField, MoneyField
from fleet.api.serializers import StrictSerializer
from fleet.api.shapes import Shape


class CarSerializer(HoldingSerializer):
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


CAR = Shape(CarSerializer)


class OdometerInput(StrictSerializer):
    km = serializers.IntegerField(min_value=0, max_value=MOST_KM)
    taken_at = InstantField(required=False)


class BlockInput(StrictSerializer):
    start_at = InstantField()
    end_at = InstantField()
    kind = serializers.ChoiceField([(kind.value, kind.label) for kind in ledger.KINDS], default="block")
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class CalendarOutput(serializers.Serializer[Any]):
    car = serializers.UUIDField()
    start_at = InstantField()
    end_at = InstantField()
    occupancies = OccupancySerializer(many=True)
