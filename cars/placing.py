"""Where a car belongs and what it costs a day: changed for one car, or for many at a time."""

from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from cars.errors import IllegalMove
from cars.models import Branch, Car
from fleet.actor import verb
from fleet.errors import Invalid
from fleet.money import MOST, ZERO, rounded


@verb
def station(car_id: UUID, *, branch: Branch, by: User) -> Car:
    """Let the car belong to another branch; where it stands stays as it is. Raises IllegalMove and Invalid."""
    car = _kept(car_id)
    if not branch.is_active:
        raise Invalid(branch=gettext("This branch is closed."), code="branch_closed")
    car.branch = branch
    car.save(update_fields=["branch"])
    return car


@verb
def reprice(car_id: UUID, *, percent: Decimal, by: User) -> Car:
    """Raise or lower the car's daily rate by so many percent; from then on it is the car's own, not its category's.

    Contracts keep the rate of the day they were booked. Raises IllegalMove and Invalid.
    """
    car = _kept(car_id)
    rate = car.category.daily_rate if car.daily_rate is None else car.daily_rate
    wanted = rounded(rate * (100 + percent) / 100)
    if not ZERO < wanted <= MOST:
        raise Invalid(percent=gettext("The daily rate would be %(rate)s.") % {"rate": wanted}, code="rate")
    car.daily_rate = wanted
    car.save(update_fields=["daily_rate"])
    return car


def _kept(car_id: UUID) -> Car:
    car = Car.objects.with_desk().lock(car_id)
    if not car.is_kept:
        raise IllegalMove(gettext("%(car)s is archived or gone.") % {"car": car})
    return car
