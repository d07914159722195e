"""The gate's rules on plain facts, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cars.facts import Facts, Restriction, Taken
from cars.gaps import uncovered
from cars.mileage import ServiceDue
from cars.models import Branch, Car, Category
from contracts.gate import Case, Severity, age_on, judge
from customers.models import Customer
from fleet.db.period import Period, months_later

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PERIOD = Period(NOW + timedelta(days=1), NOW + timedelta(days=4))
ALL_YEAR = ((date(2026, 1, 1), date(2026, 12, 31)),)
GOOD = Facts((), 10_000, 50.0, (), ALL_YEAR, ALL_YEAR, (), False, ())


def person(**fields: Any) -> Customer:
    known = Customer(
        **{
            "name": "Amra",
            "licence_number": "L1",
            "licence_expires_on": date(2030, 1, 1),
            "birth_date": date(1990, 1, 1),
            "verified_at": NOW,
            **fields,
        }
    )
    known._prefetched_objects_cache = {"flags": []}
    return known


def case(**changes: Any) -> Case:
    branch, category = (
        Branch(time_zone="Europe/Sarajevo"),
        Category(name="SUV", min_driver_age=25, turnaround_minutes=60),
    )
    car = Car(license_plate="A11-K-111", lifecycle="active", branch=branch, category=category)
    asked = Case(car, GOOD, PERIOD, NOW, PERIOD)
    return replace(asked, **changes)


def codes(asked: Case) -> list[tuple[str, str]]:
    return [(refusal.code, refusal.severity.value) for refusal in judge(asked)]


def facts(**changes: Any) -> Facts:
    return replace(GOOD, **changes)


def row(start: datetime, end: datetime) -> Taken:
    return Taken("x", "rental", start, end)


def test_a_good_car_passes() -> None:
    assert codes(case(drivers=[person()], customer=person())) == []


@pytest.mark.parametrize(
    ("start", "end", "refused"),
    [
        (PERIOD.start - timedelta(hours=2), PERIOD.start, False),  # ends as ours starts
        (PERIOD.start - timedelta(hours=2), PERIOD.start + timedelta(seconds=1), True),
        (PERIOD.end + timedelta(minutes=60), PERIOD.end + timedelta(days=1), False),  # starts after our turnaround
        (PERIOD.end + timedelta(minutes=59), PERIOD.end + timedelta(days=1), True),
    ],
)
def test_occupied_looks_at_the_period_and_its_turnaround(start: datetime, end: datetime, refused: bool) -> None:
    assert codes(case(facts=facts(taken=(row(start, end),)))) == ([("occupied", "block")] if refused else [])


def test_own_rows_do_not_count() -> None:
    mine = facts(taken=(row(PERIOD.start, PERIOD.end),))
    assert codes(case(facts=mine, ignoring=frozenset({"x"}))) == []


@pytest.mark.parametrize(
    ("spans", "gap"),
    [
        ((), (date(2026, 11, 25), date(2026, 11, 28))),
        (((date(2026, 11, 1), date(2026, 11, 28)),), None),
        (((date(2026, 11, 26), date(2026, 12, 28)),), (date(2026, 11, 25), date(2026, 11, 25))),
        (((date(2026, 11, 1), date(2026, 11, 27)),), (date(2026, 11, 28), date(2026, 11, 28))),
        (((date(2026, 11, 27), date(2026, 12, 9)), (date(2026, 11, 1), date(2026, 11, 26))), None),  # touching
        (
            ((date(2026, 11, 1), date(2026, 11, 25)), (date(2026, 11, 27), date(2026, 12, 9))),
            (date(2026, 11, 26), date(2026, 11, 26)),
        ),
        (((date(2026, 1, 1), date(2026, 12, 1)), (date(2026, 11, 26), date(2026, 11, 26))), None),  # one inside
    ],
)
def test_every_day_must_be_covered(spans: tuple[tuple[date, date], ...], gap: Any) -> None:
    assert next(uncovered(spans, date(2026, 11, 25), date(2026, 11, 28)), None) == gap


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"liability": ()}, [("uninsured", "block")]),
        ({"registration": ()}, [("unregistered", "block")]),
        ({"ever_inspected": True}, [("uninspected", "override")]),
        ({"ever_inspected": True, "inspection": ALL_YEAR}, []),
        ({"restrictions": (Restriction("1", "Brakes", "grounded"),)}, [("grounded", "block")]),
        ({"restrictions": (Restriction("1", "Noise", "no_new_rentals"),)}, [("no_new_rentals", "override")]),
        ({"services": (ServiceDue("1", "oil", date(2026, 11, 25), None),)}, [("service_overdue", "override")]),
        ({"services": (ServiceDue("1", "oil", date(2026, 11, 27), None),)}, [("service_due_during", "warn")]),
        ({"services": (ServiceDue("1", "oil", date(2026, 12, 9), None),)}, []),
        ({"services": (ServiceDue("1", "oil", None, 10_050),)}, [("service_overdue", "override")]),
        ({"services": (ServiceDue("1", "oil", None, 10_150),)}, [("service_due_during", "warn")]),
        ({"services": (ServiceDue("1", "oil", None, 10_300),)}, []),
    ],
)
def test_papers_issues_and_services(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert codes(case(facts=facts(**changes))) == expected


def test_the_branch_says_which_day_it_is() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # already 2027 in Sarajevo
    asked = case(period=Period(NOW + timedelta(days=30), late), whole=Period(NOW + timedelta(days=30), late))
    assert codes(asked) == [("uninsured", "block"), ("unregistered", "block")]


@pytest.mark.parametrize(
    ("start", "at_counter", "expected"),
    [
        (NOW - timedelta(minutes=1), False, [("in_the_past", "block")]),
        (NOW - timedelta(minutes=1), True, []),
        (NOW - timedelta(hours=25), True, [("in_the_past", "block")]),
        (NOW, False, []),
    ],
)
def test_only_the_counter_may_start_in_the_past(start: datetime, at_counter: bool, expected: Any) -> None:
    period = Period(start, PERIOD.end)
    assert codes(case(period=period, whole=period, at_counter=at_counter)) == expected


def test_more_than_a_year_needs_an_override() -> None:
    whole = Period(PERIOD.start, PERIOD.start + timedelta(days=365, seconds=1))
    assert codes(case(whole=whole)) == [("too_long", "override")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"licence_number": ""}, [("licence_missing", "block")]),
        ({"licence_expires_on": None}, [("licence_missing", "block")]),
        ({"licence_expires_on": date(2026, 11, 27)}, [("licence_expires", "block")]),
        ({"licence_expires_on": date(2026, 11, 28)}, []),  # the day of the return still counts
        ({"birth_date": date(2001, 11, 26)}, [("too_young", "override")]),
        ({"birth_date": date(2001, 11, 25)}, []),  # 25 on the day of pick-up
        ({"birth_date": None}, []),
    ],
)
def test_every_driver_is_looked_at(changes: dict[str, Any], expected: Any) -> None:
    assert codes(case(drivers=[person(), person(**changes)])) == expected


def test_at_check_out_somebody_must_drive_and_be_verified() -> None:
    unverified = person(verified_at=None)
    asked = case(customer=unverified, leaving=True)
    assert codes(asked) == [("licence_missing", "block"), ("unverified", "override")]


@pytest.mark.parametrize(
    ("level", "expected"), [("block", [("do_not_rent", "block")]), ("warn", [("debt", "warn")]), ("info", [])]
)
def test_flags_of_customer_and_drivers_count_once(level: str, expected: Any) -> None:
    flagged = person()
    flagged._prefetched_objects_cache = {"flags": [flagged.flags.model(kind="debt", level=level, reason="owes")]}
    assert codes(case(customer=flagged, drivers=[flagged])) == expected


def test_a_car_out_of_service_is_refused() -> None:
    asked = case()
    asked.car.lifecycle = Car.Lifecycle.FOR_SALE
    assert codes(asked) == [("not_in_service", "block")]


def test_blocks_come_first() -> None:
    asked = case(facts=facts(restrictions=(Restriction("1", "Noise", "no_new_rentals"),), liability=()))
    assert [refusal.severity for refusal in judge(asked)] == [Severity.BLOCK, Severity.OVERRIDE]


def test_age_counts_full_years() -> None:
    assert age_on(date(2000, 2, 29), date(2026, 2, 28)) == 25
    assert age_on(date(2000, 2, 29), date(2026, 3, 1)) == 26


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 24), 12, date(2027, 11, 24)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_later_stays_in_shorter_months(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later
