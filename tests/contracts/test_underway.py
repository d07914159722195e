"""While the car is out: extensions, swaps, late returns."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from cars.models import Occupancy
from contracts import lifecycle, underway
from contracts.errors import IllegalStep, NotRentable, OutOfStock
from contracts.models import Contract
from contracts.status import Status
from fleet.errors import DomainError, Invalid
from notifications.models import Event
from tests.factories import contracts as given
from tests.factories.contracts import BACK_AT, END, NOW, START

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def by() -> User:
    return given.manager()


def row_of(contract: Contract) -> Occupancy:
    return Occupancy.objects.get(assignment__contract=contract, assignment__closed_at=None)


# extend


def test_extending_grows_the_row_and_adds_lines(by: User) -> None:
    given.ExtraFactory(code="seat")
    contract = given.active(by=by, extras=[("seat", 2)])
    done = underway.extend(contract.pk, end_at=END + 2 * DAY, by=by, now=BACK_AT)
    assert done.total == contract.total + Decimal("80.00") + Decimal("20.00")
    assert (done.end_at, row_of(done).period.upper) == (END + 2 * DAY, END + 2 * DAY + HOUR)


def test_an_extension_within_the_started_day_costs_nothing(by: User) -> None:
    contract = given.active(by=by)
    done = underway.extend(contract.pk, end_at=END + timedelta(minutes=59), by=by, now=BACK_AT - HOUR)
    assert done.total == contract.total


def test_two_extensions_cost_what_one_would(by: User) -> None:
    contract = given.active(by=by)
    underway.extend(contract.pk, end_at=END + timedelta(minutes=50), by=by, now=START)
    done = underway.extend(contract.pk, end_at=END + DAY, by=by, now=START)
    assert done.total == contract.total + Decimal("40.00")


def test_an_extension_into_the_next_booking_is_refused(by: User) -> None:
    contract = given.active(by=by)
    given.booked(by=by, car=contract.car, start_at=END + DAY, end_at=END + 2 * DAY)
    with pytest.raises(NotRentable):
        underway.extend(contract.pk, end_at=END + DAY, by=by, now=START)
    assert underway.extend(contract.pk, end_at=END + DAY - HOUR, by=by, now=START).end_at == END + DAY - HOUR


def test_an_extension_beyond_the_licence_is_refused(by: User) -> None:
    contract = given.active(by=by, customer=given.driver(licence_expires_on=(END + DAY).date()))
    with pytest.raises(NotRentable):
        underway.extend(contract.pk, end_at=END + 3 * DAY, by=by, now=START)


def test_an_extension_beyond_the_insurance_is_refused(by: User) -> None:
    contract = given.active(by=by)
    contract.car.insurances.update(valid_until=(END + DAY).date())
    with pytest.raises(NotRentable):
        underway.extend(contract.pk, end_at=END + 3 * DAY, by=by, now=START)


def test_an_extension_takes_extras_only_when_they_are_left(by: User) -> None:
    given.ExtraFactory(code="seat", stock=1)
    contract = given.active(by=by, extras=[("seat", 1)])
    given.booked(by=by, extras=[("seat", 1)], start_at=END + DAY, end_at=END + 2 * DAY)
    with pytest.raises(OutOfStock):
        underway.extend(contract.pk, end_at=END + DAY + HOUR, by=by, now=START)


@pytest.mark.parametrize("end", [END, END - HOUR])
def test_a_new_end_is_later(by: User, end: object) -> None:
    contract = given.active(by=by)
    with pytest.raises(Invalid):
        underway.extend(contract.pk, end_at=end, by=by, now=START)  # type: ignore[arg-type]


# swap


def test_a_swap_hands_one_car_in_and_the_other_out(by: User) -> None:
    contract, new = given.active(by=by), given.rentable_car()
    old, at = contract.car, START + DAY
    done = underway.swap(contract.pk, car_id=new.pk, back=given.BACK, out=given.FULL_TANK, by=by, now=at)
    first, second = done.assignments.order_by("seq")
    assert (done.car, done.total) == (new, contract.total)
    assert (first.closed_at, first.occupancy.period.upper, first.occupancy.car) == (at, at + HOUR, old)
    assert (second.reason, second.occupancy.period.lower, second.occupancy.period.upper) == ("swap", at, END + HOUR)
    assert given.booked(by=by, car=old, start_at=at + HOUR, end_at=END)


def test_km_are_counted_over_both_cars(by: User) -> None:
    contract, new = given.active(by=by), given.rentable_car()
    back = replace(given.BACK, odometer_km=1_500)
    underway.swap(contract.pk, car_id=new.pk, back=back, out=given.FULL_TANK, by=by, now=START + DAY)
    lifecycle.check_in(contract.pk, seen=replace(given.BACK, odometer_km=1_200), by=by, now=BACK_AT)
    assert contract.charges.get().amount == Decimal("20.00")  # 500 + 200 − 600 = 100 km


def test_a_swap_to_a_taken_car_is_refused_and_changes_nothing(by: User) -> None:
    contract, taken = given.active(by=by), given.booked(by=by).car
    with pytest.raises(NotRentable):
        underway.swap(contract.pk, car_id=taken.pk, back=given.BACK, out=given.FULL_TANK, by=by, now=START + HOUR)
    assert contract.assignments.get().handovers.count() == 1


@pytest.mark.parametrize("status", [given.booked, given.confirmed, given.returned])
def test_only_a_car_that_is_out_is_swapped(by: User, status: object) -> None:
    contract, new = status(by=by), given.rentable_car()  # type: ignore[operator]
    with pytest.raises(IllegalStep):
        underway.swap(contract.pk, car_id=new.pk, back=given.BACK, out=given.FULL_TANK, by=by, now=START + HOUR)


def test_a_car_is_not_swapped_for_itself(by: User) -> None:
    contract = given.active(by=by)
    with pytest.raises(Invalid):
        underway.swap(contract.pk, car_id=contract.car_id, back=given.BACK, out=given.BACK, by=by, now=START + HOUR)


def test_an_overdue_rental_is_extended_before_it_is_swapped(by: User) -> None:
    contract, new = given.active(by=by), given.rentable_car()
    with pytest.raises(IllegalStep):
        underway.swap(contract.pk, car_id=new.pk, back=given.BACK, out=given.FULL_TANK, by=by, now=END)


def test_a_damage_found_at_a_swap_is_charged(by: User) -> None:
    contract, new = given.active(by=by), given.rentable_car()
    back = replace(given.BACK, damages=[given.SCRATCH])
    underway.swap(contract.pk, car_id=new.pk, back=back, out=given.FULL_TANK, by=by, now=START + DAY)
    assert contract.charges.get().kind == "damage"


# overdue


def test_an_overdue_car_stays_taken_until_now_and_its_turnaround(by: User) -> None:
    contract = given.active(by=by)
    assert underway.overdue_ids(END + 5 * HOUR) == [contract.pk]
    assert underway.grow(contract.pk, now=END + 5 * HOUR)
    assert row_of(contract).period.upper == END + 6 * HOUR
    with pytest.raises(NotRentable):
        given.booked(by=by, car=contract.car, start_at=END + 2 * HOUR, end_at=END + DAY)


def test_growing_twice_at_the_same_moment_does_nothing(by: User) -> None:
    contract = given.active(by=by)
    underway.grow(contract.pk, now=END + 5 * HOUR)
    assert not underway.grow(contract.pk, now=END + 5 * HOUR)


def test_it_grows_up_to_the_next_booking_which_is_told_once(by: User) -> None:
    contract = given.active(by=by)
    following = given.booked(by=by, car=contract.car, start_at=END + 3 * HOUR, end_at=END + DAY)
    for hours in (4, 5):
        underway.grow(contract.pk, now=END + hours * HOUR)
    assert row_of(contract).period.upper == END + 3 * HOUR
    assert Event.objects.filter(type="contract.at_risk", subject_id=following.pk).count() == 1
    assert Contract.objects.at_risk(END + 4 * HOUR).get() == following


def test_a_car_in_time_does_not_grow(by: User) -> None:
    contract = given.active(by=by)
    assert not underway.grow(contract.pk, now=END)
    assert underway.overdue_ids(END) == []


def test_a_late_car_still_comes_back_when_the_next_booking_has_begun(by: User) -> None:
    contract = given.active(by=by)
    given.booked(by=by, car=contract.car, start_at=END + 3 * HOUR, end_at=END + DAY)
    underway.grow(contract.pk, now=END + 4 * HOUR)
    done = lifecycle.check_in(contract.pk, seen=given.BACK, by=by, now=END + 5 * HOUR)
    assert done.status == Status.RETURNED


def test_a_car_that_is_out_cannot_be_booked_for_now(by: User) -> None:
    contract = given.active(by=by)
    with pytest.raises(DomainError):
        given.booked(by=by, car=contract.car, start_at=NOW + 25 * HOUR, end_at=END)
