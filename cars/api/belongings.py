"""What belongs to a car: papers, services, issues, damages, readings, and the days it is taken."""

from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cars import damages, issues, ledger
from cars.api import filters, serializers
from cars.models import (
    Car,
    Damage,
    Inspection,
    Insurance,
    IssueReport,
    Occupancy,
    OdometerReading,
    Paper,
    Registration,
    ServicePlan,
    ServiceRecord,
)
from fleet.api.views import CreateMixin, EditViewSet, UpdateMixin


class PaperViewSet[P: Paper](EditViewSet[P]):
    searchable = True
    sorts = ("valid_until", "valid_from", "number", "created_at")


class InsuranceViewSet(PaperViewSet[Insurance]):
    """Liability insurance must cover every day of a rental."""

    queryset = Insurance.objects.all()
    serializer_class = serializers.InsuranceSerializer
    filterset_class = filters.InsuranceFilters
    permissions = {
        "list": "cars.view_insurance",
        "retrieve": "cars.view_insurance",
        "create": "cars.add_insurance",
        "update": "cars.change_insurance",
        "destroy": "cars.delete_insurance",
    }


class RegistrationViewSet(PaperViewSet[Registration]):
    """A registration must cover every day of a rental."""

    queryset = Registration.objects.all()
    serializer_class = serializers.RegistrationSerializer
    filterset_class = filters.RegistrationFilters
    permissions = {
        "list": "cars.view_registration",
        "retrieve": "cars.view_registration",
        "create": "cars.add_registration",
        "update": "cars.change_registration",
        "destroy": "cars.delete_registration",
    }


class InspectionViewSet(PaperViewSet[Inspection]):
    """Road-worthiness; once a car has one, every day of a rental needs one."""

    queryset = Inspection.objects.all()
    serializer_class = serializers.InspectionSerializer
    filterset_class = filters.InspectionFilters
    permissions = {
        "list": "cars.view_inspection",
        "retrieve": "cars.view_inspection",
        "create": "cars.add_inspection",
        "update": "cars.change_inspection",
        "destroy": "cars.delete_inspection",
    }


class ServicePlanViewSet(EditViewSet[ServicePlan]):
    """What must be serviced when, for one car or for every car of a category."""

    queryset = ServicePlan.objects.all()
    serializer_class = serializers.ServicePlanSerializer
    filterset_class = filters.ServicePlanFilters
    searchable = True
    sorts = ("service_type", "created_at")
    permissions = {
        "list": "cars.view_serviceplan",
        "retrieve": "cars.view_serviceplan",
        "create": "cars.add_serviceplan",
        "update": "cars.change_serviceplan",
        "destroy": "cars.delete_serviceplan",
    }


class ServiceRecordViewSet(EditViewSet[ServiceRecord]):
    """Services that were done."""

    queryset = ServiceRecord.objects.all()
    serializer_class = serializers.ServiceRecordSerializer
    filterset_class = filters.ServiceRecordFilters
    searchable = True
    sorts = ("service_date", "service_type", "odometer_km", "cost", "created_at")
    permissions = {
        "list": "cars.view_servicerecord",
        "retrieve": "cars.view_servicerecord",
        "create": "cars.add_servicerecord",
        "update": "cars.change_servicerecord",
        "destroy": "cars.delete_servicerecord",
    }


class IssueViewSet(CreateMixin[IssueReport], UpdateMixin[IssueReport]):
    """What is wrong with the cars: open → in_progress → resolved → closed."""

    queryset = IssueReport.objects.all()
    serializer_class = serializers.IssueSerializer
    filterset_class = filters.IssueFilters
    searchable = True
    sorts = ("created_at", "updated_at", "resolved_at")
    permissions = {
        "list": "cars.view_issuereport",
        "retrieve": "cars.view_issuereport",
        "create": "cars.add_issuereport",
        "update": "cars.change_issuereport",
        "start": "cars.change_issuereport",
        "resolve": "cars.change_issuereport",
        "close": "cars.change_issuereport",
    }
    inputs = {"resolve": serializers.ResolveInput}

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


class DamageViewSet(CreateMixin[Damage], UpdateMixin[Damage]):
    """Marks on the cars. They are repaired, never deleted."""

    queryset = Damage.objects.all()
    serializer_class = serializers.DamageSerializer
    filterset_class = filters.DamageFilters
    searchable = True
    sorts = ("created_at", "repaired_at")
    permissions = {
        "list": "cars.view_damage",
        "retrieve": "cars.view_damage",
        "create": "cars.add_damage",
        "update": "cars.change_damage",
        "repair": "cars.change_damage",
    }
    inputs = {"repair": serializers.RepairInput}

    @action(detail=True, methods=["post"])
    def repair(self, request: Request, pk: str) -> Response:
        """Write down that the mark is gone, and what that cost."""
        damage = self.get_object()
        return self.answer(damages.repair(damage.pk, by=self.by, now=timezone.now(), **self.validated()))


class OccupancyViewSet(CreateMixin[Occupancy], UpdateMixin[Occupancy]):
    """The ledger: every span of time for which a car is taken. 409 `occupied` lists what stands in the way."""

    queryset = Occupancy.objects.with_span()
    serializer_class = serializers.OccupancySerializer
    filterset_class = filters.OccupancyFilters
    searchable = True
    sorts = {"start_at": "starts", "end_at": "ends", "created_at": "created_at"}
    permissions = {
        "list": "cars.view_occupancy",
        "retrieve": "cars.view_occupancy",
        "create": "cars.block_car",
        "update": "cars.block_car",
        "release": "cars.block_car",
    }

    def locked(self) -> Occupancy:
        Car.objects.lock(self.get_object().car_id)  # cars before everything else, as all verbs do
        return super().locked()

    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Give the car back before its time."""
        return self.answer(ledger.release(self.get_object().pk, by=self.by, now=timezone.now()))


class ReadingViewSet(CreateMixin[OdometerReading]):
    """What the odometers said. A wrong reading is corrected by a new one, never changed."""

    queryset = OdometerReading.objects.all()
    serializer_class = serializers.ReadingSerializer
    filterset_class = filters.ReadingFilters
    searchable = True
    sorts = ("taken_at", "km", "created_at")
    permissions = {
        "list": "cars.view_odometerreading",
        "retrieve": "cars.view_odometerreading",
        "create": "cars.add_odometerreading",
    }
