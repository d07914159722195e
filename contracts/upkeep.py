"""Where the workshop and the calendar meet: services that come due while the car is with a customer."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from cars import due
from contracts.models import Contract
from contracts.status import HOLDING
from fleet.due import Due


@dataclass(frozen=True)
class ServiceInside:
    """A service that comes due between pick-up and return of a contract."""

    contract: Contract
    service: Due


def services_inside(*, on: date, within: int, cars: Iterable[UUID] | None = None) -> list[ServiceInside]:
    """Return services that come due inside a booking or rental of the next days, the next one first.

    A service that is overdue already stands before the pick-up, not inside: see fleet/due.py. Two statements.
    """
    by_car: defaultdict[UUID, list[Due]] = defaultdict(list)
    for service in due.services(on=on, within=within, cars=cars):
        if service.car_id is not None and service.due_on >= on:
            by_car[service.car_id].append(service)
    last = datetime.combine(on + timedelta(days=within + 2), time(), timezone.get_default_timezone())
    held = Contract.objects.filter(status__in=HOLDING, car__in=list(by_car), start_at__lt=last)
    found = [
        ServiceInside(contract, service)
        for contract in held.select_related("car__branch").order_by("start_at", "pk")
        for service in by_car[contract.car_id]
        if _days(contract)[0] <= service.due_on <= _days(contract)[1]
    ]
    return sorted(found, key=lambda one: (one.service.due_on, one.contract.start_at, one.contract.pk))


def _days(contract: Contract) -> tuple[date, date]:
    zone = contract.car.branch.zone
    return contract.start_at.astimezone(zone).date(), contract.end_at.astimezone(zone).date()
