"""What comes due for cars: papers that nobody has renewed yet, services by date and by projected km."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from cars import mileage
from cars.mileage import ServiceDue
from cars.models import Car, Inspection, Insurance, Paper, Registration
from cars.querysets import PaperQuerySet
from fleet.due import Due, Subject, finds
from fleet.money import grouped

PAPERS: Final[dict[Subject, type[Paper]]] = {
    Subject.INSURANCE: Insurance,
    Subject.REGISTRATION: Registration,
    Subject.INSPECTION: Inspection,
}


@finds(*PAPERS)
def papers(*, on: date, within: int, cars: Iterable[UUID] | None = None) -> Iterator[Due]:
    """Find the papers of kept cars that end and have no successor: one statement per kind."""
    for subject, model in PAPERS.items():
        objects: PaperQuerySet[Any] = model._default_manager  # type: ignore[assignment]
        ending = objects.filter(valid_until__lte=on + timedelta(days=within)).of_kept_cars().unrenewed(on)
        if cars is not None:
            ending = ending.filter(car__in=cars)
        for paper in ending.select_related("car"):
            yield Due(
                subject,
                paper.valid_until,
                model._meta.label_lower,
                paper.pk,
                f"{paper.car.license_plate} · {paper.said}",
                branch_id=paper.car.branch_id,
                car_id=paper.car_id,
            )


@finds(Subject.SERVICE)
def services(*, on: date, within: int, cars: Iterable[UUID] | None = None) -> Iterator[Due]:
    """Find planned services by their date or by the day on which the car's recent pace reaches their km.

    Services of one car that come due on the same day are one visit to the workshop, and one Due.
    """
    kept = Car.objects.kept() if cars is None else Car.objects.kept().filter(pk__in=cars)
    noon = datetime.combine(on, time(12), timezone.get_default_timezone())
    for car, wear in mileage.of(kept, noon):
        visits: defaultdict[date, list[ServiceDue]] = defaultdict(list)
        for service in wear.services:
            day = wear.projected_on(service, on)
            if day is not None and (day - on).days <= within:
                visits[day].append(service)
        for day, found in visits.items():
            yield _visit(car, day, found)


def _visit(car: Car, day: date, found: list[ServiceDue]) -> Due:
    km = min((service.due_km for service in found if service.due_km is not None), default=None)
    names = ", ".join(sorted(_(service.service_type) for service in found))
    at = "" if km is None else _(" at {km} km").format(km=grouped(km))
    return Due(
        Subject.SERVICE,
        day,
        Car._meta.label_lower,
        car.pk,
        f"{car.license_plate} · {names}{at}",
        branch_id=car.branch_id,
        car_id=car.pk,
        due_km=km,
    )
