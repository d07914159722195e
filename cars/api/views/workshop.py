"""service-plans/, service-records/, issues/ and damages/."""

from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cars import damages, issues
from cars.api.filters import DamageFilters, IssueFilters, ServicePlanFilters, ServiceRecordFilters
from cars.api.serializers.workshop import (
    DamageSerializer,
    IssueSerializer,
    RepairInput,
    ResolveInput,
    ServicePlanSerializer,
    ServiceRecordSerializer,
)
from cars.models import Damage, IssueReport, ServicePlan, ServiceRecord
from files.api.records import FilesMixin, file_permissions
from fleet.api.totals import TotalsMixin
from fleet.api.views import CreateMixin, EditViewSet, UpdateMixin


class ServicePlanViewSet(EditViewSet[ServicePlan]):
    """What must be serviced when, for one car or for every car of a category."""

    queryset = ServicePlan.objects.all()
    serializer_class = ServicePlanSerializer
    filterset_class = ServicePlanFilters
    searchable = True
    sorts = ("service_type", "created_at")
    permissions = {
        "list": "cars.view_serviceplan",
        "retrieve": "cars.view_serviceplan",
        "create": "cars.add_serviceplan",
        "update": "cars.change_serviceplan",
        "destroy": "cars.delete_serviceplan",
    }


class ServiceRecordViewSet(TotalsMixin[ServiceRecord], FilesMixin[ServiceRecord], EditViewSet[ServiceRecord]):
    """Services that were done."""

    queryset = ServiceRecord.objects.all()
    serializer_class = ServiceRecordSerializer
    filterset_class = ServiceRecordFilters
    totals_by = ("service_type",)
    totals_of = ("cost",)
    searchable = True
    sorts = ("service_date", "service_type", "odometer_km", "cost", "created_at")
    permissions = {
        "list": "cars.view_servicerecord",
        "retrieve": "cars.view_servicerecord",
        "create": "cars.add_servicerecord",
        "update": "cars.change_servicerecord",
        **file_permissions("cars.view_servicerecord", "cars.change_servicerecord"),
        "destroy": "cars.delete_servicerecord",
        "totals": "cars.view_servicerecord",
    }


class IssueViewSet(
    TotalsMixin[IssueReport], FilesMixin[IssueReport], CreateMixin[IssueReport], UpdateMixin[IssueReport]
):
    """What is wrong with the cars: open → in_progress → resolved → closed."""

    queryset = IssueReport.objects.all()
    serializer_class = IssueSerializer
    filterset_class = IssueFilters
    totals_by = ("status", "severity")
    totals_of = ("estimated_cost", "actual_cost")
    searchable = True
    sorts = ("created_at", "updated_at", "resolved_at")
    permissions = {
        "list": "cars.view_issuereport",
        "retrieve": "cars.view_issuereport",
        "create": "cars.add_issuereport",
        "update": "cars.change_issuereport",
        **file_permissions("cars.view_issuereport", "cars.change_issuereport"),
        "start": "cars.change_issuereport",
        "resolve": "cars.change_issuereport",
        "close": "cars.change_issuereport",
        "totals": "cars.view_issuereport",
    }
    inputs = {"resolve": ResolveInput}

    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Begin the work."""
        return self.answer(issues.start(self.get_object().pk, by=self.by))

    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """Say what was done; the car is free of the restriction."""
        issue = self.get_object()
        return self.answer(issues.resolve(issue.pk, by=self.by, now=timezone.now(), **self.validated()))

    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """File a resolved issue."""
        return self.answer(issues.close(self.get_object().pk, by=self.by))


class DamageViewSet(TotalsMixin[Damage], FilesMixin[Damage], CreateMixin[Damage], UpdateMixin[Damage]):
    """Marks on the cars. They are repaired, never deleted."""

    queryset = Damage.objects.all()
    serializer_class = DamageSerializer
    filterset_class = DamageFilters
    totals_by = ("kind",)
    totals_of = ("repair_cost",)
    searchable = True
    sorts = ("created_at", "repaired_at")
    permissions = {
        "list": "cars.view_damage",
        "retrieve": "cars.view_damage",
        "create": "cars.add_damage",
        "update": "cars.change_damage",
        **file_permissions("cars.view_damage", "cars.change_damage"),
        "repair": "cars.change_damage",
        "totals": "cars.view_damage",
    }
    inputs = {"repair": RepairInput}

    @action(detail=True, methods=["post"])
    def repair(self, request: Request, pk: str) -> Response:
        """Write down that the mark is gone, and what that cost."""
        damage = self.get_object()
        return self.answer(damages.repair(damage.pk, by=self.by, now=timezone.now(), **self.validated()))
