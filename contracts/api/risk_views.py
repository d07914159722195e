"""contracts/at-risk/ and contracts/service-inside/: what somebody must look at before the customer stands there."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import upkeep
from contracts.api.filters import RiskFilters
from contracts.models import Contract
from contracts.querysets import ContractQuerySet
from contracts.upkeep import ServiceInside
from fleet.api.fields import InstantField
from fleet.api.queries import checked
from fleet.api.serializers import StrictModelSerializer, StrictSerializer
from fleet.api.views import FleetView, FleetViewSet

_STAFF = ("contracts.view_contract", "contracts.view_handover")  # an integrator is told by its own bookings only


class AtRiskRow(StrictModelSerializer):
    """A contract that may fail as things stand."""

    license_plate = serializers.CharField(source="car.license_plate")
    because = serializers.SerializerMethodField(help_text="Codes of the gate; `late`: the car has not come back.")

    class Meta:
        model = Contract
        fields = (
            "id",
            "reference",
            "status",
            "start_at",
            "end_at",
            "pickup_branch",
            "customer",
            "car",
            "license_plate",
            "because",
        )
        read_only_fields = fields

    def get_because(self, contract: Any) -> list[str]:
        return sorted(contract.risks.split())


class AtRiskViewSet(FleetViewSet[Contract]):
    """Bookings and rentals that may fail as things stand, and why; asked of the database at this moment."""

    queryset = Contract.objects.all()
    serializer_class = AtRiskRow
    filterset_class = RiskFilters
    sorts = {"start_at": "start_at", "end_at": "end_at"}
    permissions = {"list": _STAFF}

    def get_queryset(self) -> ContractQuerySet:
        now = timezone.now()
        return Contract.objects.at_risk(now).with_risks(now).select_related("car").order_by("start_at", "id")


class ServiceInsideQuery(StrictSerializer):
    within = serializers.IntegerField(min_value=0, max_value=366, default=30, help_text="Days from today.")
    car = serializers.UUIDField(default=None)


class ServiceInsideRow(serializers.Serializer[ServiceInside]):
    contract = serializers.UUIDField(source="contract.pk")
    reference = serializers.CharField(source="contract.reference")
    start_at = InstantField(source="contract.start_at")
    end_at = InstantField(source="contract.end_at")
    car = serializers.UUIDField(source="contract.car_id")
    service = serializers.CharField(source="service.title")
    due_on = serializers.DateField(source="service.due_on", help_text="By date, or projected from the recent km a day.")
    due_km = serializers.IntegerField(source="service.due_km", allow_null=True)


class ServiceInsideOutput(serializers.Serializer[Any]):
    """All of them, the next one first."""

    def get_fields(self) -> dict[str, Any]:
        return {"data": ServiceInsideRow(many=True)}  # `data` as an attribute is DRF's own


class ServiceInsideView(FleetView):
    """Services that come due while the car is booked or with a customer."""

    permissions = {"get": (*_STAFF, "cars.view_serviceplan")}
    parameters = {"get": tuple(ServiceInsideQuery().fields)}

    @extend_schema(
        operation_id="contracts_service_inside", parameters=[ServiceInsideQuery], responses={200: ServiceInsideOutput}
    )
    def get(self, request: Request) -> Response:
        query = checked(request, ServiceInsideQuery)
        cars = [query["car"]] if query["car"] else None
        found = upkeep.services_inside(on=timezone.localdate(), within=query["within"], cars=cars)
        return Response(ServiceInsideOutput({"data": found}).data)
