"""Readings never run backwards; the car shows the latest valid one; mistakes are corrected, not changed."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from cars import odometer
from cars.errors import IllegalMove, OdometerBackwards
from cars.models import Car, OdometerReading
from cars.models.car import MOST_KM
from fleet.errors import Invalid, NotFound
from tests.cars.world import DAY, NOW
from tests.factories.cars import CarFactory

pytestmark = pytest.mark.django_db
MANUAL = OdometerReading.Source.MANUAL


@pytest.fixture
def car() -> Car:
    return CarFactory()


def read(car: Car, km: int, ago: timedelta = 0 * DAY, **options: Any) -> OdometerReading:
    return odometer.record(car.pk, km, **{"source": MANUAL, "by": None, "now": NOW, "taken_at": NOW - ago, **options})


def shown(car: Car) -> int:
    car.refresh_from_db()
    return car.odometer_km


def test_a_reading_moves_the_car_on(car: Car, by: User) -> None:
    reading = odometer.record(car.pk, 1200, source=MANUAL, by=by, now=NOW)

    assert (reading.taken_at, reading.created_by, shown(car)) == (NOW, by, 1200)


def test_the_same_number_twice_is_no_step_back(car: Car) -> None:
    read(car, 1000, DAY)
    read(car, 1000)

    assert shown(car) == 1000


def test_a_reading_of_earlier_does_not_change_what_the_car_shows(car: Car) -> None:
    read(car, 2000)
    read(car, 1000, DAY)

    assert shown(car) == 2000


@pytest.mark.parametrize(("km", "ago"), [(999, 0 * DAY), (2001, 2 * DAY), (999, 2 * DAY), (3000, 4 * DAY)])
def test_a_reading_that_does_not_fit_its_neighbours_is_refused(car: Car, km: int, ago: timedelta) -> None:
    read(car, 1000, 3 * DAY)
    read(car, 2000, DAY)

    with pytest.raises(OdometerBackwards):
        read(car, km, ago)

    assert (shown(car), OdometerReading.objects.count()) == (2000, 2)


def test_a_refusal_names_the_neighbours(car: Car) -> None:
    read(car, 1000, 3 * DAY)
    read(car, 2000, DAY)

    with pytest.raises(OdometerBackwards) as error:
        read(car, 2500, 2 * DAY)

    assert error.value.data == {"before_km": 1000, "after_km": 2000, "km": 2500}
    assert "at least 1000 km and at most 2000 km" in error.value.detail


def test_a_correction_replaces_a_wrong_reading_at_its_time(car: Car) -> None:
    wrong = read(car, 90_000, DAY)

    right = odometer.record(
        car.pk, 9_000, source=MANUAL, by=None, now=NOW, corrects=wrong, reason=" One zero too many "
    )

    assert (right.taken_at, right.reason, shown(car)) == (NOW - DAY, "One zero too many", 9_000)
    assert list(OdometerReading.objects.valid()) == [right]


def test_a_corrected_reading_bounds_nothing_any_more(car: Car) -> None:
    wrong = read(car, 90_000, DAY)
    read(car, 9_000, corrects=wrong, reason="Typing", taken_at=None)

    read(car, 9_100)

    assert shown(car) == 9_100


def test_a_correction_must_fit_too_and_is_not_measured_against_what_it_corrects(car: Car) -> None:
    read(car, 1000, 2 * DAY)
    wrong = read(car, 90_000, DAY)

    with pytest.raises(OdometerBackwards) as error:
        read(car, 900, corrects=wrong, reason="Typing", taken_at=None)

    assert (error.value.data["before_km"], error.value.data["after_km"]) == (1000, None)


def test_a_reading_is_corrected_once_and_then_the_correction(car: Car) -> None:
    first = read(car, 90_000, DAY)
    second = read(car, 9_000, corrects=first, reason="Typing", taken_at=None)

    with pytest.raises(IllegalMove) as error:
        read(car, 8_000, corrects=first, reason="Typing", taken_at=None)
    read(car, 8_000, corrects=second, reason="Typing again", taken_at=None)

    assert (error.value.code, shown(car)) == ("corrected_already", 8_000)


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_correction_needs_a_reason(car: Car, reason: str) -> None:
    wrong = read(car, 90_000, DAY)

    with pytest.raises(Invalid) as error:
        read(car, 9_000, corrects=wrong, reason=reason)

    assert error.value.code == "reason_missing"


def test_a_correction_stays_with_its_car(car: Car) -> None:
    foreign = read(CarFactory(), 90_000, DAY)

    with pytest.raises(Invalid) as error:
        read(car, 9_000, corrects=foreign, reason="Typing")

    assert error.value.code == "other_car"


def test_nobody_reads_an_odometer_in_the_future(car: Car) -> None:
    with pytest.raises(Invalid) as error:
        read(car, 9_000, -DAY)

    assert error.value.code == "in_the_future"


@pytest.mark.parametrize("km", [-1, MOST_KM + 1, 10**30])
def test_a_number_that_no_odometer_shows_is_refused(car: Car, km: int) -> None:
    with pytest.raises(Invalid) as error:
        read(car, km)

    assert error.value.code == "km_out_of_range"


def test_an_unknown_car_is_not_found(by: User) -> None:
    with pytest.raises(NotFound):
        read(Car(pk=by.pk), 1000)
