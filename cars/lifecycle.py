"""The life of a car in the company: in service, out of it, for sale, gone."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from cars import ledger, risks
from cars.errors import IllegalMove, StillTaken
from cars.models import Car, Occupancy
from fleet.actor import verb

_L = Car.Lifecycle


@verb
def archive(car_id: UUID, *, by: User | None, now: datetime) -> Car:
    """Put the car away; its history stays. Raises StillTaken and IllegalMove."""
    return _leave(Car.objects.lock(car_id), _L.ARCHIVED, now)


@verb
def restore(car_id: UUID, *, by: User | None) -> Car:
    """Bring an archived car back into service. Raises IllegalMove."""
    return _step(Car.objects.lock(car_id), _L.ACTIVE, _L.ARCHIVED)


@verb
def dispose(car_id: UUID, *, by: User | None, now: datetime) -> Car:
    """Write down that the car was sold or scrapped: for good, and its plate is free. Raises StillTaken, IllegalMove."""
    return _leave(Car.objects.lock(car_id), _L.DISPOSED, now)


@verb
def withdraw(car_id: UUID, *, by: User | None, now: datetime) -> Car:
    """Take the car out of service: the gate lets nobody rent it; bookings stay and are at risk. Raises IllegalMove."""
    return _out(Car.objects.lock(car_id), _L.OUT_OF_SERVICE, _L.FOR_SALE, by=by, now=now)


@verb
def offer_for_sale(car_id: UUID, *, by: User | None, now: datetime) -> Car:
    """Take the car out of service to sell it; bookings stay and are at risk. Raises IllegalMove."""
    return _out(Car.objects.lock(car_id), _L.FOR_SALE, _L.OUT_OF_SERVICE, by=by, now=now)


@verb
def activate(car_id: UUID, *, by: User | None) -> Car:
    """Put the car back into service. Raises IllegalMove."""
    return _step(Car.objects.lock(car_id), _L.ACTIVE, _L.OUT_OF_SERVICE, _L.FOR_SALE)


def _out(car: Car, to: Car.Lifecycle, other: Car.Lifecycle, *, by: User | None, now: datetime) -> Car:
    with risks.watched(car.pk, by=by, now=now):
        return _step(car, to, _L.ACTIVE, other)


def _leave(car: Car, to: Car.Lifecycle, now: datetime) -> Car:
    rows = Occupancy.objects.filter(car=car).running(now).order_by("period")
    taken = [ledger.shown(row) for row in rows]
    if taken:
        raise StillTaken(car, taken)
    sources = {_L.ACTIVE, _L.OUT_OF_SERVICE, _L.FOR_SALE, _L.ARCHIVED} - {to}
    return _step(car, to, *sources)


def _step(car: Car, to: Car.Lifecycle, *sources: Car.Lifecycle) -> Car:
    if car.lifecycle not in sources:
        raise IllegalMove(
            gettext("%(plate)s is %(state)s; it cannot become %(wanted)s.")
            % {"plate": car.license_plate, "state": car.get_lifecycle_display(), "wanted": to.label},
            lifecycle=car.lifecycle,
        )
    car.lifecycle = to
    car.save(update_fields=["lifecycle"])
    return car
