"""What the timeline reads: windows on a wall clock, bars and their states."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from cars.models import Occupancy
from contracts import timeline
from contracts.timeline import Row, Window
from fleet.db.period import Period
from tests.factories import contracts as given
from tests.factories.cars import CarFactory, OccupancyFactory
from tests.factories.contracts import BACK_AT, END, NOW, START

pytestmark = pytest.mark.django_db
SARAJEVO = ZoneInfo("Europe/Sarajevo")
WINDOW = Window(date(2026, 11, 22), 31, SARAJEVO)
DAY = timedelta(days=1)


@pytest.fixture
def by() -> User:
    return given.manager()


def only_row(now: datetime, **asked: Any) -> Row:
    (row,) = timeline.rows(WINDOW, now=now, **asked)
    return row


def states(now: datetime) -> list[str]:
    return [bar.state for bar in only_row(now).bars]


def blocked(car: Any, start: datetime, end: datetime, kind: str = "block") -> Occupancy:
    return OccupancyFactory(car=car, period=Period(start, end).as_range(), kind=kind)


def test_a_day_has_four_slots_also_when_the_clock_goes_back() -> None:
    window = Window(date(2026, 10, 24), 3, SARAJEVO)
    lines = [window.line_of(datetime(2026, 10, day, 12, tzinfo=UTC)) for day in (24, 25, 26)]
    assert (len(window.edges), lines) == (13, [3, 7, 11])


def test_a_bar_that_ends_at_midnight_ends_with_the_day() -> None:
    midnight = datetime(2026, 11, 24, tzinfo=SARAJEVO)
    assert WINDOW.lines(midnight - DAY, midnight) == (5, 9)


def test_a_bar_is_cut_at_both_ends_of_the_window() -> None:
    assert WINDOW.lines(NOW - 90 * DAY, NOW + 90 * DAY) == (1, 31 * 4 + 1)


def test_a_rental_changes_its_state_with_its_life(by: User) -> None:
    contract = given.confirmed(by=by)
    assert (states(NOW - DAY), states(NOW + DAY / 2)) == (["booked"], ["due"])
    given.lifecycle.check_out(contract.pk, seen=given.FULL_TANK, by=by, now=START)
    assert (states(START), states(END + timedelta(hours=1))) == (["out"], ["overdue"])
    given.lifecycle.check_in(contract.pk, seen=given.BACK, by=by, now=BACK_AT)
    assert states(BACK_AT) == ["done"]


def test_what_is_only_held_says_so(by: User) -> None:
    given.booked(by=by)
    assert states(NOW) == ["held"]


def test_a_cancelled_booking_is_gone(by: User) -> None:
    contract = given.booked(by=by)
    given.lifecycle.cancel(contract.pk, reason="the flight was cancelled", by=by, now=NOW)
    assert states(NOW) == []


def test_workshop_and_blocks_are_told_apart() -> None:
    car = CarFactory()
    blocked(car, NOW, NOW + DAY, "workshop")
    blocked(car, NOW + 2 * DAY, NOW + 3 * DAY)
    assert states(NOW) == ["workshop", "blocked"]


def test_an_overdue_rental_reaches_to_now(by: User) -> None:
    given.active(by=by)
    late = END + 2 * DAY
    (bar,) = only_row(late).bars
    assert bar.last == (WINDOW.line_of(late) or 0) + 1


def test_a_short_bar_is_drawn_a_day_wide_but_never_over_the_next() -> None:
    car = CarFactory()
    blocked(car, NOW, NOW + timedelta(hours=1))
    blocked(car, NOW + timedelta(hours=12), NOW + timedelta(hours=13))
    first, second = only_row(NOW).bars
    assert (first.last, second.last - second.first) == (second.first, 4)


def test_a_bar_cut_by_the_end_of_the_window_is_drawn_a_day_wide() -> None:
    end = WINDOW.edges[-1]
    blocked(CarFactory(), end - timedelta(hours=3), end + DAY)
    (bar,) = only_row(NOW).bars
    assert (bar.first, bar.last) == (WINDOW.last_line - 4, WINDOW.last_line)


def test_what_only_just_reaches_into_the_window_is_left_out_when_something_follows() -> None:
    car, midnight = CarFactory(), WINDOW.edges[0]
    blocked(car, midnight - DAY, midnight + timedelta(hours=2))
    blocked(car, midnight + timedelta(hours=8), midnight + DAY)
    assert [bar.first for bar in only_row(NOW).bars] == [2]


def test_cars_come_by_category_and_plate_and_the_archived_are_left_out() -> None:
    first = CarFactory(license_plate="A29-E-842")
    CarFactory(license_plate="A11-E-842", category=first.category)
    CarFactory(license_plate="A10-E-842", category=first.category, lifecycle="archived")
    assert [row.plate for row in timeline.rows(WINDOW, now=NOW)] == ["A11-E-842", "A29-E-842"]


def test_cars_are_narrowed_down_by_category_branch_and_state(by: User) -> None:
    out, idle = given.active(by=by).car, CarFactory()

    def plates(**asked: str) -> list[str]:
        return [row.plate for row in timeline.rows(WINDOW, now=START + DAY, **asked)]

    assert plates(category=idle.category.code) == plates(branch=idle.branch.code) == [idle.license_plate]
    assert (plates(state="out"), plates(state="free")) == ([out.license_plate], [idle.license_plate])
