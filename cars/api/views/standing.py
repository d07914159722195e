"""What cars/{id}/ tells about how the car stands: costs."""

from datetime import date, timedelta
from typing import Final

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cars import costs
from cars.api import parameters
from cars.api.serializers.standing import CostsOutput
from cars.facts import months_later
from cars.models import Car
from fleet.api.pagination import BadParameter
from fleet.api.views import FleetViewSet

MOST_DAYS: Final = 3660  # ten years
PAPERS: Final = ("cars.view_insurance", "cars.view_registration", "cars.view_inspection")
WORKSHOP: Final = ("cars.view_servicerecord", "cars.view_issuereport", "cars.view_damage")


class StandingMixin(FleetViewSet[Car]):
    @extend_schema(
        parameters=[
            OpenApiParameter("from", OpenApiTypes.DATE, description="Default: the first of the month a year before."),
            OpenApiParameter("to", OpenApiTypes.DATE, description="The last day that counts. Default: today."),
        ],
        responses=CostsOutput,
    )
    @action(detail=True)
    def costs(self, request: Request, pk: str) -> Response:
        """Say what the car costs: by month as it accrues, by category, per day and per driven km, in a year to come."""
        car = self.get_object()
        first, last = _span(request)
        return Response(CostsOutput(costs.of(Car.objects.filter(pk=car.pk), first, last)[car.pk]).data)


def _span(request: Request) -> tuple[date, date]:
    last = parameters.day(request, "to", timezone.localdate())
    first = parameters.day(request, "from", months_later(last.replace(day=1), -11))
    if not timedelta(0) <= last - first <= timedelta(days=MOST_DAYS):
        raise BadParameter("from", f"The span begins on or before its end and is at most {MOST_DAYS} days long.")
    return first, last
