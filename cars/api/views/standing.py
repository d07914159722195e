"""What cars/{id}/ tells about how the car stands: costs, gaps, alerts and all of it at a glance."""

from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cars import alerts, costs, gaps, overview
from cars.api.filters import GapsQuery
from cars.api.serializers.standing import AlertsOutput, CostsOutput, GapsOutput, OverviewOutput
from cars.models import Car
from fleet.api.queries import checked
from fleet.api.serializers import StrictSerializer
from fleet.api.views import FleetViewSet
from fleet.db.period import EARLIEST_YEAR, LATEST_YEAR, months_later

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

    @extend_schema(parameters=[GapsQuery], responses=GapsOutput)
    @action(detail=True)
    def gaps(self, request: Request, pk: str) -> Response:
        """List the days on which the car has no valid paper, per kind."""
        query = checked(request, GapsQuery)
        found = gaps.of(Car.objects.filter(pk=self.get_object().pk), query["from"], query["to"])
        return Response(GapsOutput({"data": found}).data)

    @extend_schema(responses=AlertsOutput)
    @action(detail=True)
    def alerts(self, request: Request, pk: str) -> Response:
        """List what somebody must know of the car, the worst first."""
        found = alerts.of(self.get_object(), user=self.by, on=timezone.localdate(), now=timezone.now())
        return Response(AlertsOutput({"data": found}).data)

    @extend_schema(responses=OverviewOutput)
    @action(detail=True)
    def overview(self, request: Request, pk: str) -> Response:
        """Show the car at a glance: where it is now and what comes next, papers, services, issues, alerts, costs."""
        money = all(self.by.has_perm(name) for name in (*PAPERS, *WORKSHOP))
        car, today = self.get_object(), timezone.localdate()
        found = overview.of(car, user=self.by, money=money, on=today, now=timezone.now())
        return Response(OverviewOutput(found).data)
