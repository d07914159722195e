"""Another car for a booking before it goes out."""

import pytest

from accounts.models import User
from cars.models import Occupancy
from contracts import lifecycle, moving
from contracts.availability import Override
from contracts.errors import IllegalStep, NotRentable
from contracts.models import Contract
from contracts.status import Status
from fleet.db.period import Period
from fleet.errors import DomainError, Invalid
from notifications.models import Event
from tests.factories import contracts as given
from tests.factories.contracts import END, NOW, START

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return given.manager()


def moved(contract: Contract, by: User, **fields: object) -> Contract:
    car = fields.pop("car", None) or given.rentable_car()
    return moving.reschedule(contract.pk, car_id=car.pk, by=by, now=NOW, **fields)  # type: ignore[attr-defined, arg-type]


@pytest.mark.parametrize("state", ["booked", "confirmed"])
def test_a_booking_gets_another_car_and_keeps_its_price(by: User, state: str) -> None:
    contract, other = getattr(given, state)(by=by), given.rentable_car()
    done = moved(contract, by, car=other)
    assert (done.car, done.total, done.status) == (other, contract.total, contract.status)


def test_the_first_car_is_free_again_and_the_second_is_taken(by: User) -> None:
    contract, other = given.booked(by=by), given.rentable_car()
    moved(contract, by, car=other)
    open_rows = Occupancy.objects.open().overlapping(Period(START, END))
    assert [row.car for row in open_rows.select_related("car")] == [other]


def test_the_contract_has_one_open_assignment_and_remembers_the_first(by: User) -> None:
    contract = moved(given.booked(by=by), by)
    assert list(contract.assignments.values_list("seq", "closed_at")) == [(1, NOW), (2, None)]


def test_it_goes_on_with_the_new_car(by: User) -> None:
    contract = moved(given.confirmed(by=by), by)
    out = lifecycle.check_out(contract.pk, seen=given.FULL_TANK, by=by, now=START)
    assert out.status == Status.ACTIVE


def test_a_cancelled_booking_frees_the_second_car(by: User) -> None:
    contract = moved(given.booked(by=by), by)
    lifecycle.cancel(contract.pk, reason="the flight was cancelled", by=by, now=NOW)
    assert not Occupancy.objects.open().exists()


def test_it_is_told(by: User) -> None:
    contract = given.booked(by=by)
    done = moved(contract, by)
    event = Event.objects.get(type="contract.rescheduled")
    assert (event.payload["car"], event.payload["former"]["car"]) == (str(done.car_id), str(contract.car_id))


@pytest.mark.parametrize("state", ["active", "returned", "closed", "expired"])
def test_only_bookings_are_moved(by: User, state: str) -> None:
    with pytest.raises(IllegalStep):
        moved(getattr(given, state)(by=by), by)


def test_a_taken_car_is_refused_and_nothing_has_changed(by: User) -> None:
    contract, other = given.booked(by=by), given.booked(by=by)
    with pytest.raises(NotRentable) as refused:
        moved(contract, by, car=other.car)
    assert [one["code"] for one in refused.value.data["refusals"]] == ["occupied"]
    assert Contract.objects.get(pk=contract.pk).car == contract.car


def test_the_same_car_and_no_car_are_refused(by: User) -> None:
    contract = given.booked(by=by)
    with pytest.raises(Invalid):
        moved(contract, by, car=contract.car)
    with pytest.raises(DomainError, match="There is no car"):
        moving.reschedule(contract.pk, car_id=contract.pk, by=by, now=NOW)


def test_a_car_out_of_service_is_refused_whatever_the_reason(by: User) -> None:
    car = given.rentable_car(lifecycle="out_of_service")
    with pytest.raises(NotRentable):
        moved(given.booked(by=by), by, car=car, overrides=[Override("occupied", "because I say so")])
