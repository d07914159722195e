"""occupancies/ and odometer-readings/."""

from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cars import ledger
from cars.api.filters import OccupancyFilters, ReadingFilters
from cars.api.serializers.ledger import OccupancySerializer, ReadingSerializer
from cars.models import Car, Occupancy, OdometerReading
from fleet.api.views import CreateMixin, UpdateMixin


class OccupancyViewSet(CreateMixin[Occupancy], UpdateMixin[Occupancy]):
    """The ledger: every span of time for which a car is taken. 409 `occupied` lists what stands in the way."""

    queryset = Occupancy.objects.with_span()
    serializer_class = OccupancySerializer
    filterset_class = OccupancyFilters
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
    serializer_class = ReadingSerializer
    filterset_class = ReadingFilters
    searchable = True
    sorts = ("taken_at", "km", "created_at")
    permissions = {
        "list": "cars.view_odometerreading",
        "retrieve": "cars.view_odometerreading",
        "create": "cars.add_odometerreading",
    }
