"""Occupancies and odometer readings."""

from typing import Any, ClassVar

from django.utils import timezone

from cars import ledger, odometer
from cars.api.serializers.base import SERVER_SET, FleetSerializer
from cars.models import Occupancy, OdometerReading
from fleet.api.fields import InstantField
from fleet.db.period import Period


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
