"""Cars as the search of the whole admin finds them."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cars.models import Car
from fleet.admin.finding import MOST, Hit, finder


@finder(_("Cars"), icon="directions_car", permission="cars.view_car", order=10)
def cars(request: HttpRequest, text: str) -> Iterator[Hit]:
    found = Car.objects.search(text).select_related("branch")
    for car in found.order_by("-likeness", "license_plate")[:MOST]:  # type: ignore[misc] # search() annotates it
        address = reverse("admin:cars_car_change", args=[car.pk])
        yield Hit(str(car), f"{car.get_lifecycle_display()} · {car.branch.name}", address)
