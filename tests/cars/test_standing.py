"""How a car stands: gaps between papers, alerts, the overview; and the sums below the lists."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from cars import alerts, gaps
from cars.models import Car
from tests.cars.world import DAY, NOW, days
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory, client_as
from tests.factories.cars import (
    CarFactory,
    DamageFactory,
    InspectionFactory,
    InsuranceFactory,
    IssueReportFactory,
    OccupancyFactory,
    OdometerReadingFactory,
    RegistrationFactory,
    ServicePlanFactory,
    ServiceRecordFactory,
)

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def in_days(number: int) -> date:
    return TODAY + timedelta(days=number)


def found(car: Car, first: int = 0, last: int = 30) -> list[tuple[str, date, date, bool]]:
    cars = Car.objects.filter(pk=car.pk)
    return [(gap.kind, gap.first, gap.last, gap.ends) for gap in gaps.of(cars, in_days(first), in_days(last))]


def told(car: Car, role: str = "manager") -> list[tuple[str, str]]:
    user = UserFactory(role=role)
    return [(one.level.value, one.code) for one in alerts.of(car, user=user, on=TODAY, now=NOW)]


def test_a_covered_car_has_no_gaps() -> None:
    assert found(CarFactory(rentable=True)) == []


def test_days_between_two_papers_are_a_gap_that_ends() -> None:
    car = RegistrationFactory().car
    InsuranceFactory(car=car, valid_until=in_days(3))
    InsuranceFactory(car=car, valid_from=in_days(6))

    assert found(car) == [("liability", in_days(4), in_days(5), True)]


def test_a_car_without_papers_lacks_what_the_law_asks() -> None:
    assert found(CarFactory()) == [
        ("liability", TODAY, in_days(30), False),
        ("registration", TODAY, in_days(30), False),
    ]


def test_what_a_car_once_had_is_missed_when_it_ends() -> None:
    car = CarFactory(rentable=True)
    InspectionFactory(car=car, valid_from=in_days(-900), valid_until=in_days(-400))
    InsuranceFactory(car=car, kind="casco", valid_until=in_days(29))

    assert found(car) == [("inspection", TODAY, in_days(30), False), ("casco", in_days(30), in_days(30), False)]


def test_overlapping_papers_leave_no_gap() -> None:
    car = RegistrationFactory().car
    for first, last in ((-100, 10), (-5, 3), (11, 40)):
        InsuranceFactory(car=car, valid_from=in_days(first), valid_until=in_days(last))

    assert found(car) == []


def test_a_gap_is_seen_by_its_end_also_at_the_edge_of_the_span() -> None:
    car = RegistrationFactory().car
    InsuranceFactory(car=car, valid_from=in_days(31))

    assert found(car) == [("liability", TODAY, in_days(30), True)]


def test_gaps_of_the_whole_fleet_cost_three_statements_and_leave_out_cars_that_are_gone() -> None:
    CarFactory.create_batch(3)
    CarFactory(lifecycle="archived")
    client = client_as("agent")

    with CaptureQueriesContext(connection) as queries:
        rows = client.get("/api/v1/gaps/", {"kind": "liability"}).json()["data"]

    assert (len(rows), len(queries)) == (3, 4)


def test_a_good_car_is_silent() -> None:
    assert told(CarFactory(rentable=True)) == []


def test_a_paper_that_ends_soon_warns_and_then_alarms() -> None:
    car = InsuranceFactory(valid_until=in_days(30)).car
    RegistrationFactory(car=car, valid_until=in_days(7))

    assert told(car) == [("critical", "registration"), ("warning", "insurance")]


def test_an_uncovered_day_alarms() -> None:
    car = InsuranceFactory(valid_until=in_days(-1)).car

    assert told(car)[:3] == [("critical", "insurance"), ("critical", "gap"), ("critical", "gap")]


@pytest.mark.parametrize(
    ("left", "level"), [(2_001, []), (2_000, ["warning"]), (501, ["warning"]), (500, ["critical"]), (-3, ["critical"])]
)
def test_a_service_speaks_up_by_the_limits_of_its_plan(left: int, level: list[str]) -> None:
    car = CarFactory(rentable=True, odometer_km=25_000 - left)
    plan = ServicePlanFactory(car=car, every_km=15_000)
    ServiceRecordFactory(car=car, plan=plan, odometer_km=10_000)

    assert told(car) == [(one, "service") for one in level]


def test_issues_speak_by_what_they_do_to_the_car() -> None:
    car = CarFactory(rentable=True)
    for severity in ("low", "critical", "high"):
        IssueReportFactory(car=car, severity=severity)

    assert told(car) == [("critical", "grounded"), ("warning", "no_new_rentals"), ("info", "issue")]


def test_a_contract_at_risk_is_told_to_those_who_may_see_contracts(by: User) -> None:
    contract = given.booked(by=by)
    IssueReportFactory(car=contract.car, severity="critical")

    assert ("critical", "at_risk") in told(contract.car)
    assert told(contract.car, "mechanic") == [("critical", "grounded")]


def test_the_alerts_of_the_api_say_how_far_off_it_is() -> None:
    car = InsuranceFactory(valid_until=in_days(3)).car
    RegistrationFactory(car=car)

    (row,) = client_as("mechanic").get(f"/api/v1/cars/{car.pk}/alerts/").json()["data"]

    assert (row["level"], row["code"], row["days_left"], row["object"]) == (
        "critical",
        "insurance",
        3,
        "cars.insurance",
    )


def test_the_overview_shows_where_the_car_is_and_what_comes_next() -> None:
    car = CarFactory(rentable=True)
    OccupancyFactory(car=car, period=days(-1, 2).as_range(), kind="workshop")
    OccupancyFactory(car=car, period=days(5, 6).as_range(), kind="block")

    state = client_as("manager").get(f"/api/v1/cars/{car.pk}/overview/").json()["state"]

    assert (state["kind"], state["until"]) == ("workshop", "2026-11-26T09:00:00Z")
    assert (state["next"]["kind"], state["next"]["start_at"]) == ("block", "2026-11-29T09:00:00Z")


def test_a_free_car_says_until_when() -> None:
    car = CarFactory(rentable=True)
    OccupancyFactory(car=car, period=days(5, 6).as_range())

    state = client_as("manager").get(f"/api/v1/cars/{car.pk}/overview/").json()["state"]

    assert (state["kind"], state["since"], state["until"]) == ("free", None, "2026-11-29T09:00:00Z")


def test_the_overview_has_papers_services_defects_and_money() -> None:
    car = CarFactory(rentable=True, odometer_km=24_000)
    plan = ServicePlanFactory(car=car, every_km=15_000)
    ServiceRecordFactory(car=car, plan=plan, odometer_km=10_000, cost="120.00", service_date=date(2026, 10, 1))
    IssueReportFactory(car=car)
    DamageFactory.create_batch(2, car=car)
    for ago, km in ((50, 19_000), (0, 24_000)):
        OdometerReadingFactory(car=car, km=km, taken_at=NOW - ago * DAY)

    body = client_as("accountant").get(f"/api/v1/cars/{car.pk}/overview/").json()

    assert {row["kind"]: row["days_left"] for row in body["papers"]} == {"liability": 402, "registration": 402}
    assert [(row["km_left"], row["days_left"], row["level"]) for row in body["services"]] == [(1_000, 10, "warning")]
    assert (body["km_per_day"], body["open_issues"], body["open_damages"]) == (100.0, 1, 2)
    assert (body["costs"]["total"], body["costs"]["per_km"]) == ("448.00", "0.0896")


@pytest.mark.parametrize("many", [1, 4])
def test_an_overview_costs_the_same_however_much_there_is(many: int) -> None:
    car = CarFactory(rentable=True)
    for factory in (IssueReportFactory, DamageFactory, InspectionFactory):
        factory.create_batch(many, car=car)
    for number in range(many):
        ServicePlanFactory(car=car, service_type=f"s{number}", every_km=None, every_months=1)
    client = client_as("manager")

    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/api/v1/cars/{car.pk}/overview/").status_code == 200

    assert len(queries) == 24


def test_totals_add_up_what_the_filters_leave() -> None:
    one = InsuranceFactory(cost="100.10")
    InsuranceFactory(car=one.car, kind="casco", cost="200.20")
    InsuranceFactory(cost="999.00")

    body = client_as("agent").get("/api/v1/insurances/totals/", {"car": str(one.car_id)}).json()

    assert (body["count"], body["cost"]) == (2, "300.30")
    assert body["groups"] == [
        {"kind": "casco", "count": 1, "cost": "200.20"},
        {"kind": "liability", "count": 1, "cost": "100.10"},
    ]


def test_totals_of_nothing_are_nothing() -> None:
    body = client_as("agent").get("/api/v1/service-records/totals/").json()

    assert body == {"count": 0, "cost": "0.00", "groups": []}


def test_issues_are_counted_by_status_and_severity() -> None:
    IssueReportFactory.create_batch(2, severity="high", actual_cost="10.00")
    client = client_as("mechanic")

    with CaptureQueriesContext(connection) as queries:
        body = client.get("/api/v1/issues/totals/", {"open": "true"}).json()

    assert (body["count"], body["actual_cost"], len(queries)) == (2, "20.00", 2)
    assert body["groups"][0] | {"count": 2} == body["groups"][0]


def test_totals_know_no_pages() -> None:
    assert client_as("agent").get("/api/v1/insurances/totals/", {"limit": 3}).status_code == 400


def test_the_admin_shows_a_car_at_a_glance(client: Any) -> None:
    client.force_login(UserFactory(role="manager"))
    car = InsuranceFactory(valid_until=in_days(3), number="AO-77", cost="365.00").car

    shown = client.get(reverse("admin:cars_car_standing", args=[car.pk])).content.decode()

    assert "no registration from" in shown
    assert f"{in_days(3):%d.%m.%Y}" in shown


def test_a_damage_leads_to_the_hand_over_that_found_it(client: Any, by: User) -> None:
    contract = given.returned(by=by, back=replace(given.BACK, damages=(given.SCRATCH,)))
    damage = contract.car.damages.get()
    client.force_login(UserFactory(role="manager"))

    page = client.get(reverse("admin:cars_damage_change", args=[damage.pk])).content.decode()

    assert reverse("admin:contracts_handover_change", args=[damage.found_in_id]) in page
    found = client_as("mechanic").get("/api/v1/damages/", {"found_in": str(damage.found_in_id)}).json()["data"]
    assert [row["id"] for row in found] == [str(damage.pk)]


def test_nothing_is_missing_of_a_car_that_is_gone(client: Client) -> None:
    client.force_login(UserFactory(role="manager"))
    car = CarFactory(lifecycle=Car.Lifecycle.ARCHIVED)
    IssueReportFactory(car=car, severity="critical")

    shown = client.get(reverse("admin:cars_car_standing", args=[car.pk])).content.decode()

    assert told(car) == []
    assert "is-red" not in shown
