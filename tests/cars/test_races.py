"""Two people act on the same car in the same instant, over real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from cars import ledger, lifecycle, odometer
from cars.errors import CarGone, CarTaken, OdometerBackwards, StillTaken
from cars.models import Car, Occupancy, OdometerReading
from fleet.errors import DomainError
from tests.cars.world import NOW, days
from tests.factories.cars import CarFactory, OccupancyFactory

pytestmark = pytest.mark.django_db(transaction=True)
BLOCK = Occupancy.Kind.BLOCK


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Start everything together; return what came back, a refusal as itself."""
    start = Barrier(len(works))

    def alone(work: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return work()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(alone, works))


def block(car: Car) -> Callable[[], Any]:
    return lambda: ledger.take(car.pk, days(1, 2), BLOCK, by=None, now=NOW)


def test_of_many_who_take_the_same_days_one_gets_them() -> None:
    car = CarFactory()

    outcomes = at_once(*[block(car)] * 8)

    assert sum(isinstance(one, Occupancy) for one in outcomes) == Occupancy.objects.count() == 1
    assert sum(isinstance(one, CarTaken) for one in outcomes) == 7


@pytest.mark.parametrize("attempt", range(5))
def test_a_car_is_never_both_archived_and_taken(attempt: int) -> None:
    car = CarFactory()

    outcomes = at_once(block(car), lambda: lifecycle.archive(car.pk, by=None, now=NOW))

    car.refresh_from_db()
    assert (car.lifecycle == "archived") != Occupancy.objects.exists()
    assert sum(isinstance(one, (CarGone, StillTaken)) for one in outcomes) == 1


def test_moving_and_releasing_the_same_days_does_not_lock_up() -> None:
    row = OccupancyFactory(period=days(1, 2).as_range())

    outcomes = at_once(
        *[lambda: ledger.move(row.pk, end=days(1, 3).end, by=None, now=NOW)] * 4,
        lambda: ledger.release(row.pk, by=None, now=NOW),
    )

    assert all(isinstance(one, Occupancy) or one.code == "released" for one in outcomes)
    assert Occupancy.objects.get().released_at == NOW


def test_readings_of_the_same_instant_never_pass_each_other() -> None:
    car = CarFactory()
    manual = OdometerReading.Source.MANUAL

    outcomes = at_once(
        *[lambda km=km: odometer.record(car.pk, km, source=manual, by=None, now=NOW) for km in (100, 200, 300, 400)]
    )

    kept = list(OdometerReading.objects.order_by("created_at", "id").values_list("km", flat=True))
    car.refresh_from_db()
    assert kept == sorted(kept)
    assert car.odometer_km == max(kept)
    assert all(isinstance(one, (OdometerReading, OdometerBackwards)) for one in outcomes)
