"""A car in service, out of it, for sale, archived, disposed of."""

from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import User
from cars import lifecycle
from cars.errors import IllegalMove, StillTaken
from cars.models import Car
from fleet.errors import NotFound
from tests.cars.world import NOW, days
from tests.factories.cars import CarFactory, OccupancyFactory

pytestmark = pytest.mark.django_db
STATES = set(Car.Lifecycle.values)
# verb → where it may begin, where it ends
VERBS = {
    "archive": ({"active", "out_of_service", "for_sale"}, "archived"),
    "restore": ({"archived"}, "active"),
    "dispose": ({"active", "out_of_service", "for_sale", "archived"}, "disposed"),
    "withdraw": ({"active", "for_sale"}, "out_of_service"),
    "offer_for_sale": ({"active", "out_of_service"}, "for_sale"),
    "activate": ({"out_of_service", "for_sale"}, "active"),
}


def act(name: str, car: Car, by: User) -> Car:
    timed: dict[str, Any] = {"now": NOW} if name not in ("restore", "activate") else {}
    return getattr(lifecycle, name)(car.pk, by=by, **timed)


@pytest.mark.parametrize(
    ("verb", "state"), [(verb, state) for verb, (sources, _) in VERBS.items() for state in sorted(sources)]
)
def test_a_verb_leads_from_its_states_to_its_end(by: User, verb: str, state: str) -> None:
    car = CarFactory(lifecycle=state)

    act(verb, car, by)

    car.refresh_from_db()
    assert car.lifecycle == VERBS[verb][1]


@pytest.mark.parametrize(
    ("verb", "state"), [(verb, state) for verb, (sources, _) in VERBS.items() for state in sorted(STATES - sources)]
)
def test_a_verb_is_refused_from_every_other_state(by: User, verb: str, state: str) -> None:
    car = CarFactory(lifecycle=state)

    with pytest.raises(IllegalMove) as error:
        act(verb, car, by)

    car.refresh_from_db()
    assert (car.lifecycle, error.value.data) == (state, {"lifecycle": state})


@pytest.mark.parametrize("verb", ["archive", "dispose"])
def test_a_car_does_not_leave_while_it_is_taken_now_or_later(by: User, verb: str) -> None:
    car = CarFactory()
    later = OccupancyFactory(car=car, period=days(5, 6).as_range())
    running = OccupancyFactory(car=car, period=days(-1, 1).as_range(), kind="rental")

    with pytest.raises(StillTaken) as error:
        act(verb, car, by)

    assert [row["id"] for row in error.value.data["taken"]] == [str(running.pk), str(later.pk)]
    assert error.value.code == "still_taken"


@pytest.mark.parametrize("verb", ["archive", "dispose"])
def test_what_is_over_or_released_holds_no_car_back(by: User, verb: str) -> None:
    car = CarFactory()
    OccupancyFactory(car=car, period=days(-3, -1).as_range())
    OccupancyFactory(car=car, period=days(1, 2).as_range(), released_at=NOW)

    assert act(verb, car, by).lifecycle == VERBS[verb][1]


@pytest.mark.parametrize("verb", ["withdraw", "offer_for_sale"])
def test_bookings_stay_when_a_car_leaves_service(by: User, verb: str) -> None:
    occupancy = OccupancyFactory(period=days(1, 2).as_range(), kind="rental")

    act(verb, occupancy.car, by)

    occupancy.refresh_from_db()
    assert occupancy.released_at is None


def test_the_plate_of_a_disposed_car_is_free_for_the_next(by: User) -> None:
    old = CarFactory(license_plate="A12-K-345")
    act("dispose", old, by)

    assert CarFactory(license_plate="a12 k 345").plate_key == "A12K345"


def test_the_plate_of_an_archived_car_stays_its_own(by: User) -> None:
    act("archive", CarFactory(license_plate="A12-K-345"), by)

    with pytest.raises(IntegrityError, match="car_plate_once"):
        CarFactory(license_plate="a12 k 345")


@pytest.mark.parametrize("verb", VERBS)
def test_an_unknown_car_is_not_found(by: User, verb: str) -> None:
    with pytest.raises(NotFound):
        act(verb, Car(pk=by.pk), by)
