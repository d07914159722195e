"""Blocks, workshop days and transfers: taken, moved, released; never over somebody else's days."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from cars import ledger
from cars.errors import CarGone, CarTaken, IllegalMove
from cars.models import Occupancy
from fleet.db.period import Period
from fleet.errors import Invalid, NotFound
from tests.cars.world import DAY, HOUR, NOW, days
from tests.factories.cars import CarFactory, OccupancyFactory

pytestmark = pytest.mark.django_db
KIND = Occupancy.Kind


def taken(first: float = 1, last: float = 3, **fields: Any) -> Occupancy:
    return OccupancyFactory(period=days(first, last).as_range(), **fields)


def span(occupancy: Occupancy) -> tuple[datetime, datetime]:
    occupancy.refresh_from_db()
    return occupancy.period.lower, occupancy.period.upper


@pytest.mark.parametrize("kind", [KIND.WORKSHOP, KIND.BLOCK, KIND.TRANSFER])
def test_a_car_is_taken_for_ourselves(by: User, kind: Occupancy.Kind) -> None:
    car = CarFactory()

    occupancy = ledger.take(car.pk, days(1, 2), kind, note=" New tyres ", by=by, now=NOW)

    assert (occupancy.kind, occupancy.note, occupancy.created_by) == (kind, "New tyres", by)
    assert span(occupancy) == (NOW + DAY, NOW + 2 * DAY)


def test_a_rental_is_never_taken_here(by: User) -> None:
    with pytest.raises(Invalid) as error:
        ledger.take(CarFactory().pk, days(1, 2), KIND.RENTAL, by=by, now=NOW)

    assert (error.value.code, set(error.value.fields)) == ("rental", {"kind"})


@pytest.mark.parametrize("period", [days(1, 3), days(0, 1.5), days(2, 9), days(0, 9), days(1.5, 2)])
def test_days_that_overlap_are_refused_with_what_stands_in_the_way(by: User, period: Period) -> None:
    there = taken(1, 3, kind=KIND.RENTAL, note="R-2026-000001")

    with pytest.raises(CarTaken) as error:
        ledger.take(there.car_id, period, KIND.BLOCK, by=by, now=NOW)

    (row,) = error.value.data["taken"]
    assert (row["id"], row["kind"], row["start_at"]) == (str(there.pk), "rental", NOW + DAY)
    assert (error.value.code, error.value.status) == ("occupied", 409)
    assert Occupancy.objects.count() == 1


def test_every_row_in_the_way_is_named_in_their_order(by: User) -> None:
    later, first = taken(5, 6), taken(1, 2)
    later.car = first.car
    later.save()

    with pytest.raises(CarTaken) as error:
        ledger.take(first.car_id, days(0, 9), KIND.BLOCK, by=by, now=NOW)

    assert [row["id"] for row in error.value.data["taken"]] == [str(first.pk), str(later.pk)]


@pytest.mark.parametrize("period", [days(0, 1), days(3, 4)])
def test_days_may_touch(by: User, period: Period) -> None:
    there = taken(1, 3)

    ledger.take(there.car_id, period, KIND.BLOCK, by=by, now=NOW)

    assert Occupancy.objects.open().count() == 2


def test_released_days_and_other_cars_stand_in_nobodys_way(by: User) -> None:
    released = taken(1, 3, released_at=NOW)
    taken(1, 3)

    ledger.take(released.car_id, days(1, 3), KIND.BLOCK, by=by, now=NOW)

    assert Occupancy.objects.open().count() == 2


@pytest.mark.parametrize("lifecycle", ["archived", "disposed"])
def test_a_car_that_is_gone_is_not_taken(by: User, lifecycle: str) -> None:
    with pytest.raises(CarGone) as error:
        ledger.take(CarFactory(lifecycle=lifecycle).pk, days(1, 2), KIND.BLOCK, by=by, now=NOW)

    assert error.value.data == {"lifecycle": lifecycle}


@pytest.mark.parametrize("lifecycle", ["out_of_service", "for_sale"])
def test_a_car_out_of_service_still_goes_to_the_workshop(by: User, lifecycle: str) -> None:
    ledger.take(CarFactory(lifecycle=lifecycle).pk, days(1, 2), KIND.WORKSHOP, by=by, now=NOW)

    assert Occupancy.objects.count() == 1


@pytest.mark.parametrize(
    ("period", "code"),
    [(Period(NOW, NOW + 3650 * DAY), "too_long"), (days(0, 366.1), "too_long"), (days(-2, 0), "over")],
)
def test_a_span_must_be_sensible(by: User, period: Period, code: str) -> None:
    with pytest.raises(Invalid) as error:
        ledger.take(CarFactory().pk, period, KIND.BLOCK, by=by, now=NOW)

    assert error.value.code == code


def test_days_that_have_begun_may_still_be_written_down(by: User) -> None:
    occupancy = ledger.take(CarFactory().pk, days(-1, 1), KIND.WORKSHOP, by=by, now=NOW)

    assert span(occupancy) == (NOW - DAY, NOW + DAY)


def test_an_unknown_car_is_not_found(by: User) -> None:
    with pytest.raises(NotFound):
        ledger.take(by.pk, days(1, 2), KIND.BLOCK, by=by, now=NOW)


def test_days_are_moved_shortened_and_prolonged_in_place(by: User) -> None:
    occupancy = taken(1, 3)

    ledger.move(occupancy.pk, start=NOW + 2 * DAY, by=by, now=NOW)
    assert span(occupancy) == (NOW + 2 * DAY, NOW + 3 * DAY)
    ledger.move(occupancy.pk, end=NOW + 9 * DAY, note="Longer", by=by, now=NOW)
    assert span(occupancy) == (NOW + 2 * DAY, NOW + 9 * DAY)
    assert (occupancy.note, Occupancy.objects.count()) == ("Longer", 1)


def test_days_are_not_moved_over_others(by: User) -> None:
    occupancy = taken(1, 3)
    other = taken(4, 5, car=occupancy.car)

    with pytest.raises(CarTaken) as error:
        ledger.move(occupancy.pk, end=NOW + 4 * DAY + HOUR, by=by, now=NOW)

    assert [row["id"] for row in error.value.data["taken"]] == [str(other.pk)]
    assert span(occupancy) == (NOW + DAY, NOW + 3 * DAY)


@pytest.mark.parametrize(("end", "code"), [(-HOUR, "over"), (400 * DAY, "too_long")])
def test_days_are_not_moved_out_of_bounds(by: User, end: timedelta, code: str) -> None:
    occupancy = taken(-3, 3)

    with pytest.raises(Invalid) as error:
        ledger.move(occupancy.pk, end=NOW + end, by=by, now=NOW)

    assert error.value.code == code


def test_an_end_before_the_start_is_refused(by: User) -> None:
    with pytest.raises(Invalid) as error:
        ledger.move(taken(2, 3).pk, end=NOW + DAY, by=by, now=NOW)

    assert error.value.code == "ends_before_it_starts"


def test_the_note_of_days_that_are_over_may_still_change(by: User) -> None:
    occupancy = taken(-5, -3)

    ledger.move(occupancy.pk, note="Clutch", by=by, now=NOW)

    assert span(occupancy) == (NOW - 5 * DAY, NOW - 3 * DAY)
    assert occupancy.note == "Clutch"


def test_days_to_come_are_released(by: User) -> None:
    occupancy = ledger.release(taken(1, 3).pk, by=by, now=NOW)

    assert occupancy.released_at == NOW
    ledger.take(occupancy.car_id, days(1, 3), KIND.BLOCK, by=by, now=NOW)


def test_days_that_have_begun_end_now_and_stay_in_the_ledger(by: User) -> None:
    occupancy = ledger.release(taken(-2, 3).pk, by=by, now=NOW)

    assert span(occupancy) == (NOW - 2 * DAY, NOW)
    assert occupancy.released_at is None
    ledger.take(occupancy.car_id, days(0, 3), KIND.BLOCK, by=by, now=NOW)


@pytest.mark.parametrize("verb", [ledger.move, ledger.release])
def test_a_rental_is_left_to_its_contract(by: User, verb: Any) -> None:
    with pytest.raises(IllegalMove) as error:
        verb(taken(kind=KIND.RENTAL).pk, by=by, now=NOW)

    assert error.value.code == "rental"


@pytest.mark.parametrize("verb", [ledger.move, ledger.release])
def test_what_is_released_is_left_alone(by: User, verb: Any) -> None:
    with pytest.raises(IllegalMove) as error:
        verb(taken(released_at=NOW).pk, by=by, now=NOW)

    assert error.value.code == "released"


def test_what_is_over_cannot_be_released(by: User) -> None:
    with pytest.raises(IllegalMove) as error:
        ledger.release(taken(-3, 0).pk, by=by, now=NOW)

    assert error.value.code == "over"


@pytest.mark.parametrize("verb", [ledger.move, ledger.release])
def test_an_unknown_row_is_not_found(by: User, verb: Any) -> None:
    with pytest.raises(NotFound):
        verb(by.pk, by=by, now=NOW)
