"""insurances/, registrations/ and inspections/."""

from cars.api.filters import InspectionFilters, InsuranceFilters, RegistrationFilters
from cars.api.serializers.papers import InspectionSerializer, InsuranceSerializer, RegistrationSerializer
from cars.models import Inspection, Insurance, Paper, Registration
from files.api.records import FilesMixin, file_permissions
from fleet.api.views import EditViewSet


class PaperViewSet[P: Paper](FilesMixin[P], EditViewSet[P]):
    searchable = True
    sorts = ("valid_until", "valid_from", "number", "created_at")


class InsuranceViewSet(PaperViewSet[Insurance]):
    """Liability insurance must cover every day of a rental."""

    queryset = Insurance.objects.all()
    serializer_class = InsuranceSerializer
    filterset_class = InsuranceFilters
    permissions = {
        "list": "cars.view_insurance",
        "retrieve": "cars.view_insurance",
        "create": "cars.add_insurance",
        "update": "cars.change_insurance",
        **file_permissions("cars.view_insurance", "cars.change_insurance"),
        "destroy": "cars.delete_insurance",
    }


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
    }


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
    }
