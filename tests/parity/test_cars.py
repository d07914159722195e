"""What the predecessor's people could do with cars, row by row of the list; here it is, and by the database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from contracts import tasks
from tests.factories import contracts as given
from tests.factories.accounts import client_as
from tests.factories.cars import (
    CarFactory,
    InspectionFactory,
    InsuranceFactory,
    IssueReportFactory,
    OdometerReadingFactory,
    RegistrationFactory,
    ServicePlanFactory,
    ServiceRecordFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = NOW.date()
ANY = {"HTTP_IF_MATCH": "*"}
PAPERS = {"insurances": InsuranceFactory, "registrations": RegistrationFactory, "inspections": InspectionFactory}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def boss(db: None) -> APIClient:
    return client_as("manager")


def in_days(number: int) -> date:
    return TODAY + timedelta(days=number)


def ids(client: APIClient, path: str, **query: Any) -> list[str]:
    answer = client.get(f"/api/v1/{path}/", query)
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["data"]]


def test_cars_crud(boss: APIClient) -> None:
    like = CarFactory()
    body = {"license_plate": "K01-A-234", "manufacturer": "VW", "model": "Golf", "year": 2024, "fuel_type": "diesel"}
    made = boss.post("/api/v1/cars/", {**body, "category": str(like.category_id), "branch": str(like.branch_id)}).json()
    one = f"/api/v1/cars/{made['id']}/"

    changed = boss.patch(one, {"color": "red"}, **ANY).json()

    assert (boss.get(one).json()["color"], changed["version"]) == ("red", 2)
    assert boss.delete(one, **ANY).status_code == 204


@pytest.mark.parametrize(
    "query",
    [
        {"plate": "x99 k999"},
        {"status": "for_sale"},
        {"manufacturer": "audi"},
        {"model": "a3"},
        {"category": "parity"},
        {"fuel_type": "electric"},
        {"transmission": "automatic"},
        {"seats_min": 7},
        {"rate_min": 90},
        {"rate_max": 20},
        {"km_max": 10},
        {"branch": "parity"},
        {"q": "Audi A3"},
    ],
)
def test_cars_by_plate_status_manufacturer_category_price_range_mileage(query: dict[str, Any], boss: APIClient) -> None:
    rate = "10.00" if "rate_max" in query else "95.00"
    wanted = CarFactory(
        license_plate="X99-K-999",
        lifecycle="for_sale",
        manufacturer="Audi",
        model="A3",
        category__code="parity",
        branch__code="parity",
        fuel_type="electric",
        transmission="automatic",
        seats=7,
        odometer_km=5,
        daily_rate=rate,
    )
    CarFactory(odometer_km=50)

    assert ids(boss, "cars", **query) == [str(wanted.pk)]


def test_cars_available_now_or_for_a_period(boss: APIClient) -> None:
    free, taken = CarFactory(rentable=True), given.booked(by=given.manager()).car
    query = {"start": given.START.isoformat(), "end": given.END.isoformat(), "explain": "true"}

    body = boss.get("/api/v1/cars/availability/", query).json()

    assert [row["car"]["id"] for row in body["free"]] == [str(free.pk)]
    assert [row["car"]["id"] for row in body["refused"]] == [str(taken.pk)]


def test_archive_unarchive_set_odometer(boss: APIClient) -> None:
    one = f"/api/v1/cars/{CarFactory().pk}/"

    states = [boss.post(f"{one}{verb}/").json()["lifecycle"] for verb in ("archive", "restore")]
    boss.post(f"{one}odometer/", {"km": 1_234})

    assert (states, boss.get(one).json()["odometer_km"]) == (["archived", "active"], 1_234)


def test_per_car_calendar(boss: APIClient) -> None:
    contract = given.booked(by=given.manager())
    address = f"/api/v1/cars/{contract.car_id}/calendar/"

    assert [row["kind"] for row in boss.get(address).json()["occupancies"]] == ["rental"]
    assert "BEGIN:VEVENT" in boss.get(address, {"as": "ics"}).content.decode()


@pytest.mark.parametrize("kind", PAPERS)
def test_papers_crud(kind: str, boss: APIClient) -> None:
    body = {"car": str(CarFactory().pk), "number": "7", "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
    more = {"provider": "Triglav"} if kind == "insurances" else {}
    made = boss.post(f"/api/v1/{kind}/", {**body, **more, "cost": "120.50"}).json()
    one = f"/api/v1/{kind}/{made['id']}/"

    changed = boss.patch(one, {"number": "8"}, **ANY).json()

    assert (made["cost"], changed["number"], boss.get(one).status_code) == ("120.50", "8", 200)
    assert (boss.delete(one, **ANY).status_code, boss.get(one).status_code) == (200, 404)


@pytest.mark.parametrize("kind", PAPERS)
def test_papers_active_one_and_expiring_in_n_days(kind: str, boss: APIClient) -> None:
    old = PAPERS[kind](valid_until=in_days(-1))
    valid = PAPERS[kind](car=old.car, valid_from=TODAY, valid_until=in_days(20))

    assert ids(boss, kind, car=str(old.car_id), active_on=str(TODAY)) == [str(valid.pk)]
    assert ids(boss, kind, expiring_within=20) == [str(valid.pk)]
    assert ids(boss, kind, expiring_within=19) == []


@pytest.mark.parametrize("kind", PAPERS)
def test_papers_days_remaining_total_cost_and_audit_log(kind: str, boss: APIClient) -> None:
    paper = PAPERS[kind](valid_until=in_days(20), cost="10.10")
    PAPERS[kind](car=paper.car, cost="20.20")
    one = f"/api/v1/{kind}/{paper.pk}/"
    boss.patch(one, {"notes": "copied"}, **ANY)

    assert boss.get(one).json()["days_left"] == 20
    assert boss.get(f"/api/v1/{kind}/totals/", {"car": str(paper.car_id)}).json()["cost"] == "30.30"
    assert "notes" in str(boss.get(f"{one}history/").json()["data"][0])


def test_service_history_crud(boss: APIClient) -> None:
    body = {"car": str(CarFactory().pk), "service_date": str(TODAY), "odometer_km": 500, "service_type": "oil"}
    made = boss.post("/api/v1/service-records/", {**body, "cost": "99.00"}).json()
    one = f"/api/v1/service-records/{made['id']}/"

    assert boss.patch(one, {"vendor": "Auto Centar"}, **ANY).json()["vendor"] == "Auto Centar"
    assert boss.delete(one, **ANY).status_code == 204


def test_service_history_by_type_and_total_cost(boss: APIClient) -> None:
    oil = ServiceRecordFactory(service_type="oil", cost="150.00")
    ServiceRecordFactory(car=oil.car, service_type="tyres", cost="400.00")

    assert ids(boss, "service-records", type="oil") == [str(oil.pk)]
    body = boss.get("/api/v1/service-records/totals/", {"car": str(oil.car_id)}).json()
    assert (body["cost"], [(row["service_type"], row["cost"]) for row in body["groups"]]) == (
        "550.00",
        [("oil", "150.00"), ("tyres", "400.00")],
    )


def test_service_km_remaining(boss: APIClient) -> None:
    car = CarFactory(odometer_km=24_200)
    ServiceRecordFactory(car=car, plan=ServicePlanFactory(car=car, every_km=15_000), odometer_km=10_000)

    (service,) = boss.get(f"/api/v1/cars/{car.pk}/overview/").json()["services"]

    assert (service["due_km"], service["km_left"], service["level"]) == (25_000, 800, "warning")


def test_issue_reports_crud_by_status_severity_and_open_count(boss: APIClient) -> None:
    made = boss.post("/api/v1/issues/", {"car": str(CarFactory().pk), "title": "Noise", "severity": "high"}).json()
    done = IssueReportFactory(status="resolved", resolved_at=NOW, actual_cost="35.00")

    assert ids(boss, "issues", status="open", severity="high") == ids(boss, "issues", open="true") == [made["id"]]
    assert boss.get("/api/v1/issues/totals/", {"open": "true"}).json()["count"] == 1
    assert boss.get("/api/v1/issues/totals/", {"car": str(done.car_id)}).json()["actual_cost"] == "35.00"
    assert boss.get(f"/api/v1/issues/{made['id']}/history/").status_code == 200


def test_cost_analytics_per_car(boss: APIClient) -> None:
    car = InsuranceFactory(valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31), cost="365.00").car
    ServiceRecordFactory(car=car, service_date=date(2026, 9, 3), cost="60.00")
    for day, km in ((date(2026, 1, 1), 1_000), (date(2026, 11, 1), 2_000)):
        OdometerReadingFactory(car=car, km=km, taken_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))

    body = boss.get(f"/api/v1/cars/{car.pk}/costs/", {"from": "2026-01-01", "to": "2026-10-31"}).json()

    assert (body["total"], body["categories"]["insurance"], body["categories"]["service"]) == (
        "364.00",
        "304.00",
        "60.00",
    )
    assert [month["total"] for month in body["months"]][:3] == ["31.00", "28.00", "31.00"]
    assert (body["per_month"], body["per_day"]) == ("36.40", "1.20")
    assert body["projected_year"] == "608.00"  # (31 + 30 + 60 + 31) / 3 × 12
    assert (body["driven_km"], body["per_km"]) == (0, None)  # the second reading lies after the span


def test_maintenance_alerts_per_car(boss: APIClient) -> None:
    car = InsuranceFactory(valid_until=in_days(3)).car
    RegistrationFactory(car=car)
    IssueReportFactory(car=car, severity="critical")

    rows = boss.get(f"/api/v1/cars/{car.pk}/alerts/").json()["data"]

    assert [(row["level"], row["code"]) for row in rows] == [("critical", "insurance"), ("critical", "grounded")]


def test_maintenance_dashboard(boss: APIClient) -> None:
    InsuranceFactory(valid_until=in_days(3))
    RegistrationFactory(valid_until=in_days(-3))

    body = boss.get("/api/v1/due/", {"within": 30, "subject": "insurance,registration,inspection,service"}).json()

    assert [(row["subject"], row["days_left"]) for row in body["data"]] == [("registration", -3), ("insurance", 3)]
    assert (body["overdue"], body["coming"]) == (1, 1)


# What it did badly.


def test_a_paper_that_goes_is_not_forgotten_by_bookings(boss: APIClient) -> None:
    contract = given.booked(by=given.manager())
    paper = contract.car.insurances.get()

    gone = boss.delete(f"/api/v1/insurances/{paper.pk}/", **ANY).json()

    assert [risk["reference"] for risk in gone["at_risk"]] == [contract.reference]
    assert ids(boss, "contracts", at_risk="true") == [str(contract.pk)]


def test_no_job_brings_an_archived_car_back(boss: APIClient) -> None:
    car = given.closed(by=given.manager()).car
    with time_machine.travel(given.BACK_AT + timedelta(days=1)):
        one = f"/api/v1/cars/{car.pk}/"
        assert client_as("manager").post(f"{one}archive/").status_code == 200
        tasks.expire_holds()
        tasks.grow_overdue()
        assert client_as("manager").get(one).json()["lifecycle"] == "archived"


@pytest.mark.parametrize("path", ["cars", *PAPERS, "service-records", "issues", "damages", "due", "contracts/at-risk"])
def test_no_list_shows_everything_at_once(path: str, boss: APIClient) -> None:
    assert boss.get(f"/api/v1/{path}/", {"limit": 201}).status_code == 400
    assert "next_cursor" in boss.get(f"/api/v1/{path}/", {"limit": 1}).json()
