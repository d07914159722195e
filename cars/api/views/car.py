"""cars/ and what may be done to one car."""

from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cars import calendar, ledger, lifecycle, odometer
from cars.api.filters import CarFilters
from cars.api.serializers.car import CAR, BlockInput, CalendarOutput, CarSerializer, OdometerInput
from cars.api.serializers.ledger import OccupancySerializer, ReadingSerializer
from cars.api.serializers.workshop import DamageSerializer
from cars.api.views.standing import PAPERS, WORKSHOP, StandingMixin
from cars.models import Car, Damage, OdometerReading
from files.api.records import FilesMixin, file_permissions
from fleet.api.exporting import ExportMixin
from fleet.api.filters import InstantFormField
from fleet.api.pagination import BadParameter
from fleet.api.views import EditViewSet
from fleet.db.period import Period

_ICS: Final = "text/calendar"


class CarViewSet(StandingMixin, FilesMixin[Car], ExportMixin[Car], EditViewSet[Car]):
    """The cars. Whether one is free is asked at `cars/availability/`; one with history is archived, not deleted."""

    queryset = Car.objects.with_rate()
    serializer_class = CarSerializer
    shapes = {"list": CAR, "retrieve": CAR}
    filterset_class = CarFilters
    searchable = True
    sorts = ("license_plate", "manufacturer", "model", "year", "odometer_km", "rate", "created_at")
    downloads = {**ExportMixin.downloads, "calendar": (_ICS,)}
    permissions = {
        "list": "cars.view_car",
        "retrieve": "cars.view_car",
        "export": "cars.view_car",
        "create": "cars.add_car",
        "update": "cars.change_car",
        **file_permissions("cars.view_car", "cars.change_car"),
        "destroy": "cars.delete_car",
        "archive": "cars.archive_car",
        "restore": "cars.archive_car",
        "dispose": "cars.archive_car",
        "withdraw": "cars.change_car",
        "offer_for_sale": "cars.change_car",
        "activate": "cars.change_car",
        "odometer": "cars.add_odometerreading",
        "block": "cars.block_car",
        "calendar": "cars.view_occupancy",
        "damages": "cars.view_damage",
        "costs": (*PAPERS, *WORKSHOP),
        "gaps": PAPERS,
        "alerts": (*PAPERS, "cars.view_serviceplan", "cars.view_issuereport"),
        "overview": (*PAPERS, *WORKSHOP, "cars.view_occupancy", "cars.view_serviceplan"),
    }
    exports = {
        "Plate": "license_plate",
        "VIN": "vin",
        "Manufacturer": "manufacturer",
        "Model": "model",
        "Year": "year",
        "Colour": "color",
        "Category": "category.name",
        "Fuel": "fuel_type",
        "Transmission": "transmission",
        "Seats": "seats",
        "Doors": "doors",
        "Odometer km": "odometer_km",
        "Daily rate": "rate",
        "Branch": "branch.name",
        "Where it stands": "location_note",
        "Life cycle": "lifecycle",
        "Id": "id",
    }
    inputs = {"odometer": OdometerInput, "block": BlockInput}
    paged = ("damages",)
    parameters = {
        "calendar": ("from", "to", "as"),
        "costs": ("from", "to"),
        "gaps": ("from", "to"),
    }

    def exported(self) -> QuerySet[Car]:
        return self.get_queryset().select_related("category", "branch")

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        """Put the car away. 409 `still_taken` lists what it is taken for, now and later."""
        return self.answer(lifecycle.archive(self.get_object().pk, by=self.by, now=timezone.now()))

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Bring an archived car back into service."""
        return self.answer(lifecycle.restore(self.get_object().pk, by=self.by))

    @action(detail=True, methods=["post"])
    def dispose(self, request: Request, pk: str) -> Response:
        """Write down that the car was sold or scrapped; there is no way back."""
        return self.answer(lifecycle.dispose(self.get_object().pk, by=self.by, now=timezone.now()))

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the car out of service; bookings stay."""
        return self.answer(lifecycle.withdraw(self.get_object().pk, by=self.by, now=timezone.now()))

    @action(detail=True, methods=["post"], url_path="offer-for-sale")
    def offer_for_sale(self, request: Request, pk: str) -> Response:
        """Take the car out of service to sell it; bookings stay."""
        return self.answer(lifecycle.offer_for_sale(self.get_object().pk, by=self.by, now=timezone.now()))

    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: str) -> Response:
        """Put the car back into service."""
        return self.answer(lifecycle.activate(self.get_object().pk, by=self.by))

    @extend_schema(responses={201: ReadingSerializer})
    @action(detail=True, methods=["post"])
    def odometer(self, request: Request, pk: str) -> Response:
        """Write down what the odometer shows; it never goes down (422 `odometer_backwards` names the neighbours)."""
        car, manual = self.get_object(), OdometerReading.Source.MANUAL
        reading = odometer.record(car.pk, source=manual, by=self.by, now=timezone.now(), **self.validated())
        return Response(ReadingSerializer(reading, context=self.get_serializer_context()).data, 201)

    @extend_schema(responses={201: OccupancySerializer})
    @action(detail=True, methods=["post"])
    def block(self, request: Request, pk: str) -> Response:
        """Take the car for ourselves. 409 `occupied` lists what stands in the way."""
        car, form = self.get_object(), self.validated()
        period = Period(form["start_at"], form["end_at"])
        occupancy = ledger.take(car.pk, period, form["kind"], note=form["note"], by=self.by, now=timezone.now())
        return Response(OccupancySerializer(occupancy, context=self.get_serializer_context()).data, 201)

    @extend_schema(
        parameters=[
            OpenApiParameter("from", OpenApiTypes.DATETIME, description="Default: now."),
            OpenApiParameter("to", OpenApiTypes.DATETIME, description="Default: 366 days later, which is the most."),
            OpenApiParameter("as", enum=["json", "ics"], description="`ics`: an iCalendar file (RFC 5545)."),
        ],
        responses={
            (200, "application/json"): CalendarOutput,
            (200, _ICS): OpenApiResponse(OpenApiTypes.STR, "With `as=ics`."),
        },
    )
    @action(detail=True)
    def calendar(self, request: Request, pk: str) -> HttpResponse:
        """When the car is taken."""
        car, now = self.get_object(), timezone.now()
        start = _instant(request, "from") or now
        period = Period(start, _instant(request, "to") or start + calendar.WIDEST)
        rows = calendar.taken(car, period)
        if _wants_ics(self):
            return HttpResponse(calendar.as_ics(car, rows, now=now), content_type=f"{_ICS}; charset=utf-8")
        shown: dict[str, Any] = {
            "car": car.pk,
            "start_at": period.start,
            "end_at": period.end,
            "occupancies": rows,
        }
        return Response(CalendarOutput(shown, context=self.get_serializer_context()).data)

    @extend_schema(responses=DamageSerializer(many=True))
    @action(detail=True)
    def damages(self, request: Request, pk: str) -> Response:
        """List the marks that are not repaired: what a customer is shown before he drives off."""
        marks: Any = Damage.objects.unrepaired().filter(car=self.get_object())
        page = self.paginate_queryset(marks)
        return self.get_paginated_response(
            DamageSerializer(page, many=True, context=self.get_serializer_context()).data
        )


def _instant(request: Request, name: str) -> datetime | None:
    try:
        moment: datetime | None = InstantFormField(required=False).clean(request.query_params.get(name))
    except ValidationError as error:
        raise BadParameter(name, error.messages[0]) from error
    return moment


def _wants_ics(view: CarViewSet) -> bool:
    wanted = view.request.query_params.get("as", "ics" if view.accepted() == _ICS else "json")
    if wanted not in ("json", "ics"):
        raise BadParameter("as", "as is json or ics.")
    return wanted == "ics"
