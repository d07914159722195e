"""What comes due for contracts and for those who rent: holds, pick-ups, returns, licences, passports, documents."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts import due as sources
from contracts import lifecycle
from fleet.due import Due, Subject, everything, shown_to
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory
from tests.factories.contracts import END, NOW, START
from tests.factories.customers import DocumentFactory

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def by(db: None) -> Any:
    return given.manager()


def bookings(within: int = 30, on: date = TODAY, **options: Any) -> list[Due]:
    return list(sources.bookings(on=on, within=within, **options))


def people(within: int = 30, **options: Any) -> list[Due]:
    return list(sources.people(on=TODAY, within=within, **options))


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("state", "subject", "due_on"),
    [
        (given.booked, Subject.HOLD, START.date()),
        (given.confirmed, Subject.PICK_UP, START.date()),
        (given.active, Subject.RETURN, END.date()),
    ],
)
def test_each_state_waits_for_one_thing(state: Any, subject: Subject, due_on: date, by: Any) -> None:
    contract = state(by=by)

    (found,) = bookings()

    assert (found.subject, found.due_on, found.contract_id) == (subject, due_on, contract.pk)
    assert (found.customer_id, found.title.split()[0]) == (contract.customer_id, contract.reference)


@pytest.mark.parametrize("state", [given.returned, given.closed, given.expired])
def test_what_is_over_waits_for_nothing(state: Any, by: Any) -> None:
    state(by=by)

    assert bookings(365) == []


def test_a_car_that_is_not_back_is_overdue_the_day_after(by: Any) -> None:
    given.active(by=by)

    (found,) = bookings(0, on=END.date() + timedelta(days=1))

    assert found.days_left(END.date() + timedelta(days=1)) == -1


def test_the_day_is_that_of_the_branch(by: Any) -> None:
    car = given.rentable_car(branch__time_zone="Pacific/Auckland")  # 13 hours ahead
    given.booked(by=by, car=car, start_at=START + timedelta(hours=3))

    assert bookings()[0].due_on == START.date() + timedelta(days=1)


def test_a_licence_is_due_while_its_holder_rents(by: Any) -> None:
    contract = given.booked(by=by, customer=given.driver(licence_expires_on=in_days(20)))

    (found,) = people()

    assert (found.subject, found.due_on, found.customer_id) == (Subject.LICENCE, in_days(20), contract.customer_id)
    assert (found.contract_id, found.car_id) == (contract.pk, contract.car_id)


def test_a_second_drivers_licence_is_due_too(by: Any) -> None:
    second = given.driver(licence_expires_on=in_days(20))
    who = given.driver()
    given.booked(by=by, customer=who, driver_ids=(who.pk, second.pk))

    assert [one.customer_id for one in people()] == [second.pk]


def test_nobody_is_reminded_of_those_who_do_not_rent(by: Any) -> None:
    given.driver(licence_expires_on=in_days(5))
    contract = given.booked(by=by, customer=given.driver(licence_expires_on=in_days(20)))
    lifecycle.cancel(contract.pk, reason="changed his mind", by=by, now=NOW)

    assert people() == []


def test_a_document_is_due_until_a_later_one_of_its_kind_replaces_it(by: Any) -> None:
    who = given.driver(passport_expires_on=in_days(10))
    given.booked(by=by, customer=who)
    DocumentFactory(customer=who, kind="passport", expires_on=in_days(10))
    assert {one.subject for one in people()} == {Subject.PASSPORT, Subject.DOCUMENT}

    DocumentFactory(customer=who, kind="passport", expires_on=in_days(3000))

    assert {one.subject for one in people()} == {Subject.PASSPORT}


def test_a_person_is_told_of_once_with_the_contract_that_begins_first(by: Any) -> None:
    who = given.driver(licence_expires_on=in_days(20))
    later = START + timedelta(days=9)
    given.booked(by=by, customer=who, start_at=later, end_at=later + timedelta(days=1))
    first = given.booked(by=by, customer=who)

    assert [one.contract_id for one in people()] == [first.pk]


def test_who_may_not_see_people_reads_no_name(by: Any) -> None:
    who = given.driver(licence_expires_on=in_days(20))
    contract = given.booked(by=by, customer=who)

    (full,), (masked,) = (shown_to(UserFactory(role=role), people()) for role in ("agent", "viewer"))

    assert who.name in full.title
    assert (masked.title, masked.customer_id) == (f"{contract.reference} · driving licence", None)


@pytest.mark.parametrize(
    ("role", "subjects"),
    [
        ("mechanic", {"insurance", "registration"}),
        ("agent", {"insurance", "registration", "hold", "licence", "document"}),
        ("accountant", {"insurance", "registration", "hold", "licence"}),
        ("integrator", {"hold", "licence"}),
    ],
)
def test_everybody_sees_what_concerns_him(role: str, subjects: set[str], by: Any) -> None:
    who = given.driver(licence_expires_on=in_days(20))
    DocumentFactory(customer=who, expires_on=in_days(10))
    given.booked(by=by, customer=who)

    found = shown_to(UserFactory(role=role), everything(on=TODAY, within=800))

    assert {one.subject.value for one in found} == subjects


@pytest.mark.parametrize("contracts", [1, 4])
def test_the_number_of_statements_does_not_grow(contracts: int, by: Any) -> None:
    for _ in range(contracts):
        who = given.driver(licence_expires_on=in_days(20))
        DocumentFactory(customer=who, expires_on=in_days(10))
        given.booked(by=by, customer=who)

    with CaptureQueriesContext(connection) as queries:
        found = bookings() + people()

    assert (len(found), len(queries)) == (3 * contracts, 7)


def test_one_car_is_asked_about_alone(by: Any) -> None:
    one, _ = given.booked(by=by), given.booked(by=by)

    assert [found.car_id for found in bookings(cars=[one.car_id])] == [one.car_id]
