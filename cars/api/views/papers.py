"""insurances/, registrations/ and inspections/."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cars import papers
from cars.api.filters import InspectionFilters, InsuranceFilters, RegistrationFilters
from cars.api.serializers.papers import (
    AtRiskListOutput,
    InspectionSerializer,
    InsuranceSerializer,
    RegistrationSerializer,
    RenewInput,
)
from cars.models import Car, Inspection, Insurance, Paper, Registration
from cars.risks import AtRisk
from files.api.records import FilesMixin, file_permissions
from fleet.api.totals import TotalsMixin
from fleet.api.views import EditViewSet


class PaperViewSet[P: Paper](TotalsMixin[P], FilesMixin[P], EditViewSet[P]):
    """Every change looks again at the contracts of the car; `at_risk` in the answer names those that may fail."""

    searchable = True
    sorts = ("valid_until", "valid_from", "number", "cost", "created_at")
    inputs = {"renew": RenewInput}
    totals_of = ("cost",)
    at_risk: list[AtRisk] | None = None  # what the change of this request has left

    def locked(self) -> P:
        Car.objects.lock(self.get_object().car_id)  # cars before everything else, as all verbs do
        return super().locked()

    @extend_schema(responses={200: AtRiskListOutput})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a paper that was entered by mistake; the answer names the contracts of the car that may fail now."""
        with transaction.atomic():
            outcome = papers.remove(self.locked(), by=self.by, now=timezone.now())
        return Response(AtRiskListOutput({"at_risk": outcome.at_risk}).data)

    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: str) -> Response:
        """Write the paper that goes on where this one ends; the old one stays. 409 `renewed_already`."""
        outcome = papers.renew(self.get_object(), by=self.by, now=timezone.now(), **self.validated())
        self.at_risk = outcome.at_risk
        response = self.answer(outcome.paper, 201)
        response["Location"] = request.build_absolute_uri(f"../../{outcome.paper.pk}/")
        return response


@extend_schema_view(renew=extend_schema(responses={201: InsuranceSerializer}))
class InsuranceViewSet(PaperViewSet[Insurance]):
    """Liability insurance must cover every day of a rental."""

    queryset = Insurance.objects.all()
    serializer_class = InsuranceSerializer
    filterset_class = InsuranceFilters
    totals_by = ("kind",)
    permissions = {
        "list": "cars.view_insurance",
        "retrieve": "cars.view_insurance",
        "create": "cars.add_insurance",
        "update": "cars.change_insurance",
        **file_permissions("cars.view_insurance", "cars.change_insurance"),
        "destroy": "cars.delete_insurance",
        "renew": "cars.add_insurance",
        "totals": "cars.view_insurance",
    }


@extend_schema_view(renew=extend_schema(responses={201: RegistrationSerializer}))
class RegistrationViewSet(PaperViewSet[Registration]):
    """A registration must cover every day of a rental."""

    queryset = Registration.objects.all()
    serializer_class = RegistrationSerializer
    filterset_class = RegistrationFilters
    permissions = {
        "list": "cars.view_registration",
        "retrieve": "cars.view_registration",
        "create": "cars.add_registration",
        "update": "cars.change_registration",
        **file_permissions("cars.view_registration", "cars.change_registration"),
        "destroy": "cars.delete_registration",
        "renew": "cars.add_registration",
        "totals": "cars.view_registration",
    }


@extend_schema_view(renew=extend_schema(responses={201: InspectionSerializer}))
class InspectionViewSet(PaperViewSet[Inspection]):
    """Road-worthiness; once a car has one, every day of a rental needs one."""

    queryset = Inspection.objects.all()
    serializer_class = InspectionSerializer
    filterset_class = InspectionFilters
    permissions = {
        "list": "cars.view_inspection",
        "retrieve": "cars.view_inspection",
        "create": "cars.add_inspection",
        "update": "cars.change_inspection",
        **file_permissions("cars.view_inspection", "cars.change_inspection"),
        "destroy": "cars.delete_inspection",
        "renew": "cars.add_inspection",
        "totals": "cars.view_inspection",
    }
