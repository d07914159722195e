"""A car's days, as rows and as iCalendar."""

import pytest

from cars import calendar
from cars.models import Car
from fleet.errors import Invalid
from tests.cars.world import NOW, days
from tests.factories.cars import CarFactory, OccupancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def car() -> Car:
    return CarFactory(license_plate="A12-K-345")


def ics(car: Car) -> str:
    return calendar.as_ics(car, calendar.taken(car, days(0, 30)), now=NOW)


def test_the_calendar_holds_what_reaches_into_the_period(car: Car) -> None:
    reaching = OccupancyFactory(car=car, period=days(-1, 1).as_range())
    later = OccupancyFactory(car=car, period=days(5, 6).as_range())
    OccupancyFactory(car=car, period=days(-3, -1).as_range())
    OccupancyFactory(car=car, period=days(7, 8).as_range(), released_at=NOW)
    OccupancyFactory(period=days(5, 6).as_range())

    assert calendar.taken(car, days(0, 7)) == [reaching, later]


def test_more_than_a_year_is_refused(car: Car) -> None:
    with pytest.raises(Invalid):
        calendar.taken(car, days(0, 367))


def test_an_empty_calendar_is_one_too(car: Car) -> None:
    assert ics(car).startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert ics(car).endswith("END:VCALENDAR\r\n")


def test_an_event_carries_its_span_in_utc(car: Car) -> None:
    row = OccupancyFactory(car=car, period=days(1, 2).as_range(), kind="workshop")

    text = ics(car)

    assert f"UID:{row.pk}@fleet\r\n" in text
    assert "DTSTART:20261125T090000Z\r\nDTEND:20261126T090000Z\r\n" in text
    assert "SUMMARY:A12-K-345 workshop\r\n" in text


def test_what_people_typed_cannot_break_out_of_its_line(car: Car) -> None:
    OccupancyFactory(car=car, period=days(1, 2).as_range(), note="a;b,c\\d\nEND:VEVENT")

    assert "DESCRIPTION:a\\;b\\,c\\\\d\\nEND:VEVENT\r\n" in ics(car)


def test_long_lines_are_folded_by_octets_and_lose_nothing(car: Car) -> None:
    note = "čćžšđ" * 40
    OccupancyFactory(car=car, period=days(1, 2).as_range(), note=note)

    text = ics(car)

    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert f"DESCRIPTION:{note}" in text.replace("\r\n ", "")
