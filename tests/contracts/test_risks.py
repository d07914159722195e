"""Contracts at risk: the query says what the gate would say, and the lists show it."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from cars import issues, lifecycle
from cars.models import Car, Inspection, Insurance, Registration
from contracts import availability, upkeep
from contracts.models import Contract
from fleet.db.period import Period
from notifications.models import Event
from tests.factories import contracts as given
from tests.factories.accounts import client_as
from tests.factories.cars import (
    InspectionFactory,
    InsuranceFactory,
    IssueReportFactory,
    OdometerReadingFactory,
    RegistrationFactory,
    ServicePlanFactory,
    ServiceRecordFactory,
)
from tests.factories.contracts import END, NOW, START

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture
def by(db: None) -> Any:
    return given.manager()


@pytest.fixture
def client(db: None) -> Iterator[APIClient]:
    with time_machine.travel(NOW, tick=False):
        yield client_as("agent")


def risks(now: Any = NOW) -> dict[str, set[str]]:
    return {one.reference: set(one.risks.split()) for one in Contract.objects.at_risk(now).with_risks(now)}


def test_a_good_booking_is_not_at_risk(by: Any) -> None:
    given.booked(by=by)
    given.active(by=by)

    assert risks() == {}


def test_a_grounded_car_puts_its_bookings_at_risk_and_not_the_rental_under_way(by: Any) -> None:
    rental = given.active(by=by)
    booking = given.booked(by=by, car=rental.car, start_at=END + DAY, end_at=END + 2 * DAY)
    issue = issues.report(IssueReportFactory.build(car=rental.car, severity="critical"), by=by, now=NOW)

    assert risks() == {booking.reference: {"grounded"}}

    issues.resolve(issue.pk, "new pads", by=by, now=NOW)
    assert risks() == {}


def test_a_car_taken_out_of_service_puts_its_bookings_at_risk(by: Any) -> None:
    booking = given.booked(by=by)
    lifecycle.withdraw(booking.car_id, by=by, now=NOW)

    assert risks() == {booking.reference: {"not_in_service"}}


def test_what_was_overridden_is_no_risk(by: Any) -> None:
    booking = given.booked(by=by)
    InspectionFactory(car=booking.car, valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31))
    assert risks() == {booking.reference: {"uninspected"}}

    booking.overrides = [{"code": "uninspected", "reason": "papers are in the post", "by": str(by.pk), "at": ""}]
    booking.save()

    assert risks() == {}


def test_a_booking_that_nobody_came_for_fails_no_more(by: Any) -> None:
    booking = given.confirmed(by=by)
    Insurance.objects.filter(car=booking.car).delete()

    assert risks(END + timedelta(minutes=1)) == {}


def test_a_rental_that_is_late_must_be_covered_today(by: Any) -> None:
    rental = given.active(by=by)
    Insurance.objects.filter(car=rental.car).update(valid_until=END.date())

    assert risks(END + timedelta(hours=1)) == {}
    assert risks(END + DAY) == {rental.reference: {"uninsured"}}


@pytest.mark.parametrize("seed", range(6))
def test_the_query_finds_what_the_gate_would_find(seed: int, by: Any) -> None:
    chance = Random(seed)  # noqa: S311 - a repeatable test, not a secret
    for zone in ("Europe/Sarajevo", "Pacific/Auckland", "America/Los_Angeles", "UTC"):
        start = START + timedelta(hours=chance.randrange(240))
        end = start + timedelta(hours=chance.randrange(1, 200))
        _shake(
            given.booked(by=by, start_at=start, end_at=end, car=given.rentable_car(branch__time_zone=zone)).car, chance
        )

    found = risks()

    for contract in Contract.objects.select_related("car"):
        period = Period(contract.start_at, contract.end_at)
        refused = availability.of_contract(contract, contract.car, period, now=NOW)
        codes = {refusal.code for refusal in refused} & {"uninsured", "unregistered", "uninspected"}
        assert found.get(contract.reference, set()) == codes


def _shake(car: Car, chance: Random) -> None:
    """Replace the car's papers by a few short ones around the booking."""
    for model, factory in (
        (Insurance, InsuranceFactory),
        (Registration, RegistrationFactory),
        (Inspection, InspectionFactory),
    ):
        model.objects.filter(car=car).delete()
        for _ in range(chance.randrange(5)):
            first = TODAY + timedelta(days=chance.randrange(-5, 15))
            factory(car=car, valid_from=first, valid_until=first + timedelta(days=chance.randrange(12)))


def test_the_list_says_why_and_may_be_narrowed(client: APIClient, by: Any) -> None:
    booking = given.booked(by=by)
    Insurance.objects.filter(car=booking.car).delete()
    lifecycle.withdraw(booking.car_id, by=by, now=NOW)

    (row,) = client.get("/api/v1/contracts/at-risk/").json()["data"]

    assert (row["reference"], row["because"]) == (booking.reference, ["not_in_service", "uninsured"])
    assert client.get("/api/v1/contracts/at-risk/", {"risk": "unregistered"}).json()["data"] == []
    assert client.get("/api/v1/contracts/at-risk/", {"risk": "lost"}).status_code == 400


@pytest.mark.parametrize("contracts", [1, 4])
def test_the_list_costs_two_statements(contracts: int, client: APIClient, by: Any) -> None:
    for _ in range(contracts):
        Insurance.objects.filter(car=given.booked(by=by).car).delete()

    with CaptureQueriesContext(connection) as queries:
        rows = client.get("/api/v1/contracts/at-risk/").json()["data"]

    assert (len(rows), len(queries)) == (contracts, 2)


def _due_in(car: Car, days: int) -> None:
    """Give the car a service that its pace of 100 km a day reaches in so many days."""
    plan = ServicePlanFactory(car=car, every_km=15_000)
    ServiceRecordFactory(car=car, plan=plan, odometer_km=10_000)
    km = 25_000 - 100 * days
    for ago, shown in ((50, km - 5_000), (0, km)):
        OdometerReadingFactory(car=car, km=shown, taken_at=NOW - ago * DAY)
    Car.objects.filter(pk=car.pk).update(odometer_km=km)


@pytest.mark.parametrize(("days", "inside"), [(0, False), (1, True), (4, True), (5, False)])
def test_a_service_that_falls_inside_a_rental_is_reported(days: int, inside: bool, by: Any) -> None:
    booking = given.booked(by=by)  # from tomorrow, three days
    _due_in(booking.car, days)

    found = upkeep.services_inside(on=TODAY, within=30)

    assert [(one.contract, one.service.due_on) for one in found] == [(booking, TODAY + days * DAY)] * inside


def test_the_api_lists_services_inside_rentals(client: APIClient, by: Any) -> None:
    booking = given.booked(by=by)
    _due_in(booking.car, 2)

    with CaptureQueriesContext(connection) as queries:
        (row,) = client.get("/api/v1/contracts/service-inside/", {"within": 7}).json()["data"]

    assert (row["reference"], row["due_km"], len(queries)) == (booking.reference, 25_000, 3)
    assert client.get("/api/v1/contracts/service-inside/", {"within": 0}).json()["data"] == []


@pytest.mark.parametrize("how", ["issue", "worse issue", "withdrawn"])
def test_whatever_keeps_a_car_back_is_told_where_it_is_booked(how: str, by: Any) -> None:
    booking = given.booked(by=by)
    if how == "withdrawn":
        lifecycle.withdraw(booking.car_id, by=by, now=NOW)
    else:
        severity = "critical" if how == "issue" else "low"
        issue = issues.report(IssueReportFactory.build(car=booking.car, severity=severity), by=by, now=NOW)
        issues.revise(issue.pk, severity="critical", by=by, now=NOW)

    because = Event.objects.get(type="contract.at_risk", subject_id=booking.pk).payload["because"]

    assert because == ["not_in_service" if how == "withdrawn" else "grounded"]
