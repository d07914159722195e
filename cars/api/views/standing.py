"""What cars/{id}/ tells about how the car stands: costs."""

from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cars import costs
from cars.api.serializers.standing import CostsOutput
from cars.facts import months_later
from cars.models import Car
from fleet.api.fields import EARLIEST_YEAR, LATEST_YEAR
from fleet.api.queries import checked
from fleet.api.serializers import StrictSerializer
from fleet.api.views import FleetViewSet

MOST_DAYS: Final = 3660  # ten years
PAPERS: Final = ("cars.view_insurance", "cars.view_registration", "cars.view_inspection")
WORKSHOP: Final = ("cars.view_servicerecord", "cars.view_issuereport", "cars.view_damage")


class CostsQuery(StrictSerializer):
    """The span; both days count."""

    def get_fields(self) -> dict[str, Any]:
        return {
            "from": serializers.DateField(required=False, help_text="Default: the first of the month a year before."),
            "to": serializers.DateField(required=False, help_text="Default: today."),
        }

    def validate(self, attrs: dict[str, date]) -> dict[str, date]:
        last = attrs.get("to", timezone.localdate())
        if not EARLIEST_YEAR <= last.year < LATEST_YEAR:
            raise serializers.ValidationError({"to": f"The year lies between {EARLIEST_YEAR} and {LATEST_YEAR}."})
        first = attrs.get("from", months_later(last.replace(day=1), -11))
        if not timedelta(0) <= last - first <= timedelta(days=MOST_DAYS):
            text = f"The span begins on or before its end and is at most {MOST_DAYS} days long."
            raise serializers.ValidationError({"from": text})
        return {"first": first, "last": last}


class StandingMixin(FleetViewSet[Car]):
    @extend_schema(parameters=[CostsQuery], responses=CostsOutput)
    @action(detail=True)
    def costs(self, request: Request, pk: str) -> Response:
        """Say what the car costs: by month as it accrues, by category, per day and per driven km, in a year to come."""
        span = checked(request, CostsQuery)
        car = self.get_object()
        return Response(CostsOutput(costs.of(Car.objects.filter(pk=car.pk), **span)[car.pk]).data)
