"""cars/availability/: which cars are free, what they cost, and why the others are not."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cars.models import Car
from contracts import search
from contracts.api.offers import AvailabilityOutput, shown
from contracts.api.privacy import is_program
from contracts.search import Wanted
from fleet.api.fields import InstantField
from fleet.api.queries import checked
from fleet.api.serializers import StrictSerializer
from fleet.api.views import FleetView
from fleet.db.period import Period


class _QueryInstant(InstantField):
    """An instant in an address, where an unescaped + of the offset arrives as a space."""

    def to_internal_value(self, value: Any) -> Any:
        return super().to_internal_value(value.replace(" ", "+") if isinstance(value, str) else value)


class AvailabilityQuery(StrictSerializer):
    start = _QueryInstant()
    end = _QueryInstant()
    category = serializers.CharField(max_length=40, default="", help_text="Code or id.")
    branch = serializers.UUIDField(default=None)
    seats_min = serializers.IntegerField(min_value=1, max_value=20, default=None)
    transmission = serializers.ChoiceField(Car.Transmission.choices, default="")
    fuel_type = serializers.ChoiceField(Car.Fuel.choices, default="")
    explain = serializers.BooleanField(
        default=False, help_text="Also say why each other car is not free, and what comes near."
    )


class AvailabilityView(FleetView):
    """Search the fleet for a period."""

    permissions = {"get": "cars.view_car"}
    parameters = {"get": tuple(AvailabilityQuery().fields)}
    problems = {"get": (422,)}

    @extend_schema(
        operation_id="cars_availability", parameters=[AvailabilityQuery], responses={200: AvailabilityOutput}
    )
    def get(self, request: Request) -> Response:
        query = checked(request, AvailabilityQuery)
        explain = query.pop("explain")
        wanted = Wanted(
            Period(query.pop("start"), query.pop("end")),
            category=_plain(query.pop("category")),
            branch_id=query.pop("branch"),
            at_counter=not is_program(request),
            **query,
        )
        found = search.search(wanted, now=timezone.now(), explain=explain)
        return Response(shown(wanted.period, found))


def _plain(category: str) -> str:
    """Return an id as we write it, however it was written; a code stays as it is."""
    try:
        return str(UUID(category))
    except ValueError:
        return category
