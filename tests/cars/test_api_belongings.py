"""Papers, services, issues, damages, readings and the ledger over the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from cars.models import Damage, Insurance, IssueReport, Occupancy, OdometerReading, ServiceRecord
from tests.cars.world import DAY, NOW, days
from tests.factories.accounts import client_as
from tests.factories.cars import (
    CarFactory,
    CategoryFactory,
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
ANY = {"If-Match": "*"}


@pytest.fixture
def client() -> APIClient:
    return client_as("manager")


def at(path: str, row: Any = None, step: str = "") -> str:
    return f"/api/v1/{path}/{row.pk}/{step}" if row else f"/api/v1/{path}/"


def found(client: APIClient, path: str, **query: Any) -> set[str]:
    response = client.get(at(path), query)
    assert response.status_code == 200, response.content
    return {row["id"] for row in response.json()["data"]}


def ids(*rows: Any) -> set[str]:
    return {str(row.pk) for row in rows}


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


# papers


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("insurances", {"provider": "Sarajevo osiguranje", "kind": "casco"}),
        ("registrations", {"authority": "MUP KS"}),
        ("inspections", {}),
    ],
)
def test_a_paper_is_kept(client: APIClient, path: str, fields: dict[str, str]) -> None:
    sent = {"car": str(CarFactory().pk), "number": "P-1", "valid_from": "2026-01-01", "valid_until": "2026-12-04"}

    response = client.post(at(path), {**sent, **fields, "cost": "365.00"})

    row = response.json()
    assert response.status_code == 201, row
    assert {**sent, **fields}.items() <= row.items()
    assert (row["cost"], row["days_left"]) == ("365.00", 10)


def test_a_paper_that_ends_before_it_starts_is_refused(client: APIClient) -> None:
    paper = InspectionFactory()

    response = client.patch(at("inspections", paper), {"valid_until": "2020-01-01"}, headers=ANY)

    assert refused(response) == (422, "invalid")
    assert response.json()["errors"][0]["code"] == "ends_before_it_starts"


@pytest.mark.parametrize("span", [("0001-01-01", "0001-01-02"), ("2027-01-01", "9999-12-31")])
def test_a_paper_is_of_years_that_somebody_can_mean(client: APIClient, span: tuple[str, str]) -> None:
    fields = {"car": str(CarFactory().pk), "number": "P-1", "valid_from": span[0], "valid_until": span[1]}

    response = client.post(at("registrations"), {**fields, "authority": "MUP KS"})

    assert response.status_code == 422
    assert {one["code"] for one in response.json()["errors"]} == {"out_of_range"}


def test_a_paper_stays_with_its_car(client: APIClient) -> None:
    response = client.patch(at("insurances", InsuranceFactory()), {"car": str(CarFactory().pk)}, headers=ANY)

    assert response.json()["errors"][0]["code"] == "read_only_field"


@pytest.mark.parametrize("factory", [InsuranceFactory, RegistrationFactory, InspectionFactory])
def test_papers_are_found_by_what_expires_and_what_is_valid(client: APIClient, factory: Any) -> None:
    path = f"{factory._meta.model._meta.model_name}s"
    old = factory(valid_until=TODAY - DAY)
    today, soon, far = (factory(valid_until=TODAY + days * DAY) for days in (0, 30, 31))

    assert found(client, path, expiring_within=30) == ids(today, soon)
    assert found(client, path, expiring_within=0) == ids(today)
    assert found(client, path, active_on="2026-11-24") == ids(today, soon, far)
    assert found(client, path, car=old.car_id) == ids(old)
    assert found(client, path, q=soon.number) == ids(soon)


def test_insurances_are_found_by_kind_and_plate(client: APIClient) -> None:
    casco = InsuranceFactory(kind="casco", car__license_plate="E55-J-001")
    InsuranceFactory()

    assert found(client, "insurances", kind="casco") == found(client, "insurances", q="e55j") == ids(casco)


@pytest.mark.parametrize(
    "query",
    [{"expiring_within": -1}, {"expiring_within": 99999}, {"active_on": "24.11.2026"}, {"kind": "full"}, {"car": "x"}],
)
def test_a_filter_of_papers_must_make_sense(client: APIClient, query: dict[str, Any]) -> None:
    assert refused(client.get(at("insurances"), query)) == (400, "invalid_parameter")


def test_a_paper_is_deleted(client: APIClient) -> None:
    assert client.delete(at("insurances", InsuranceFactory()), headers=ANY).status_code == 200
    assert not Insurance.objects.exists()


# services


@pytest.mark.parametrize("owner", ["car", "category"])
def test_a_plan_is_for_a_car_or_for_a_category(client: APIClient, owner: str) -> None:
    row = CarFactory() if owner == "car" else CategoryFactory()

    response = client.post(at("service-plans"), {owner: str(row.pk), "service_type": "oil", "every_km": 15_000})

    assert (response.status_code, response.json()[owner]) == (201, str(row.pk))


@pytest.mark.parametrize(
    "fields", [{"every_km": 1}, {"car": True}, {"car": True, "every_km": 0}, {"car": True, "category": True}]
)
def test_a_plan_without_owner_or_interval_is_refused(client: APIClient, fields: dict[str, Any]) -> None:
    car = CarFactory()
    owners = {"car": str(car.pk), "category": str(car.category_id)}
    sent = {name: owners.get(name, value) for name, value in fields.items()}

    assert refused(client.post(at("service-plans"), {"service_type": "oil", **sent})) == (422, "invalid")


def test_plans_are_found_by_category_and_type(client: APIClient) -> None:
    plan = ServicePlanFactory(car=None, category=CategoryFactory(code="suv"), service_type="Brakes")
    ServicePlanFactory()

    assert found(client, "service-plans", category="suv") == found(client, "service-plans", type="brakes") == ids(plan)


def service(car: Any, **fields: Any) -> dict[str, Any]:
    return {
        "car": str(car.pk),
        "service_date": "2026-11-23",
        "odometer_km": 10_000,
        "service_type": "oil",
        "cost": "150.00",
        **fields,
    }


def test_a_service_that_was_done_reads_the_odometer(client: APIClient) -> None:
    car = CarFactory()

    response = client.post(at("service-records"), service(car))

    car.refresh_from_db()
    assert (response.status_code, car.odometer_km) == (201, 10_000)
    reading = OdometerReading.objects.get()
    assert (reading.source, reading.created_by) == ("service", client.user)


@pytest.mark.parametrize(
    ("fields", "code"), [({"service_date": "2026-11-25"}, "in_the_future"), ({"odometer_km": 1}, "odometer_backwards")]
)
def test_a_service_that_cannot_be_is_refused(client: APIClient, fields: dict[str, Any], code: str) -> None:
    reading = OdometerReadingFactory()

    assert refused(client.post(at("service-records"), service(reading.car, **fields))) == (422, code)
    assert not ServiceRecord.objects.exists()


def test_a_corrected_service_corrects_the_odometer(client: APIClient) -> None:
    car = CarFactory()
    row = client.post(at("service-records"), service(car, odometer_km=100_000)).json()

    response = client.patch(f"{at('service-records')}{row['id']}/", {"odometer_km": 10_000}, headers=ANY)

    car.refresh_from_db()
    assert (response.status_code, response.json()["version"], car.odometer_km) == (200, 2, 10_000)


def test_services_are_found(client: APIClient) -> None:
    brakes = ServiceRecordFactory(service_type="Brakes", service_date=TODAY, vendor="Servis Neretva")
    oil = ServiceRecordFactory(service_date=TODAY - DAY)

    assert found(client, "service-records", type="brakes") == ids(brakes)
    assert found(client, "service-records", done_from="2026-11-24") == ids(brakes)
    assert found(client, "service-records", done_until="2026-11-23") == ids(oil)
    assert found(client, "service-records", q="neretva") == ids(brakes)


# issues and damages


def test_an_issue_goes_from_report_to_file(client: APIClient) -> None:
    car = CarFactory()
    row = client.post(at("issues"), {"car": str(car.pk), "title": "Brakes", "severity": "critical"}).json()
    assert (row["status"], row["restriction"], row["reported_by"]) == ("open", "grounded", str(client.user.pk))
    issue = IssueReport.objects.get()

    assert client.post(at("issues", issue, "start/")).json()["status"] == "in_progress"
    row = client.post(at("issues", issue, "resolve/"), {"resolution": "Pads", "actual_cost": "80.00"}).json()
    assert (row["status"], row["resolved_by"], row["actual_cost"]) == ("resolved", str(client.user.pk), "80.00")
    assert row["resolved_at"] == "2026-11-24T09:00:00Z"
    assert client.post(at("issues", issue, "close/")).json()["status"] == "closed"
    assert refused(client.post(at("issues", issue, "start/"))) == (409, "illegal_step")


@pytest.mark.parametrize("name", ["status", "resolved_by", "resolved_at", "reported_by", "resolution", "contract_id"])
def test_what_happened_to_an_issue_is_not_the_clients_to_say(client: APIClient, name: str) -> None:
    response = client.patch(at("issues", IssueReportFactory()), {name: None}, headers=ANY)

    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "read_only_field")


def test_a_worse_issue_grounds_the_car(client: APIClient) -> None:
    response = client.patch(at("issues", IssueReportFactory()), {"severity": "critical"}, headers=ANY)

    assert (response.json()["restriction"], response.json()["version"]) == ("grounded", 2)


@pytest.mark.parametrize("resolution", [None, "", "  ", "x" * 4001])
def test_a_resolution_says_what_was_done(client: APIClient, resolution: Any) -> None:
    response = client.post(at("issues", IssueReportFactory(), "resolve/"), {"resolution": resolution})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/resolution")


def test_issues_are_found(client: APIClient) -> None:
    low, high = IssueReportFactory(severity="low"), IssueReportFactory(severity="high", title="Gearbox slips")
    done = IssueReportFactory(status="resolved", resolved_at=NOW)

    assert found(client, "issues", status=["open", "in_progress"]) == ids(low, high)
    assert found(client, "issues", severity="high") == found(client, "issues", q="gearbox") == ids(high)
    assert found(client, "issues", restriction="no_new_rentals") == ids(high)
    assert found(client, "issues", car=done.car_id) == ids(done)


def test_issues_and_damages_are_never_deleted(client: APIClient) -> None:
    assert client.delete(at("issues", IssueReportFactory()), headers=ANY).status_code == 405
    assert client.delete(at("damages", DamageFactory()), headers=ANY).status_code == 405


def test_a_damage_is_noted_and_repaired(client: APIClient) -> None:
    sent = {"car": str(CarFactory().pk), "panel": "roof", "kind": "dent", "note": "Hail"}
    row = client.post(at("damages"), sent).json()
    damage = Damage.objects.get()
    assert sent.items() <= row.items()

    row = client.post(at("damages", damage, "repair/"), {"repair_cost": "99.90"}).json()

    assert (row["repaired_at"], row["repair_cost"]) == ("2026-11-24T09:00:00Z", "99.90")
    assert refused(client.post(at("damages", damage, "repair/"))) == (409, "repaired_already")


@pytest.mark.parametrize(
    "fields", [{"repaired_at": "2026-11-25T09:00:00Z"}, {"repair_cost": "-1"}, {"repair_cost": "1e400"}, {"cost": "1"}]
)
def test_a_repair_that_makes_no_sense_is_refused(client: APIClient, fields: dict[str, str]) -> None:
    assert client.post(at("damages", DamageFactory(), "repair/"), fields).status_code == 422


def test_damages_are_found(client: APIClient) -> None:
    there, gone = DamageFactory(note="Parking lot"), DamageFactory(repaired_at=NOW)

    assert found(client, "damages", repaired="false") == found(client, "damages", q="parking") == ids(there)
    assert found(client, "damages", repaired="true") == ids(gone)


# the ledger


def span(first: float, last: float) -> dict[str, str]:
    period = days(first, last)
    return {"start_at": period.start.isoformat(), "end_at": period.end.isoformat()}


def test_days_are_taken_moved_and_released(client: APIClient) -> None:
    sent = {"car": str(CarFactory().pk), "kind": "transfer", **span(1, 2)}
    row = client.post(at("occupancies"), sent).json()
    occupancy = Occupancy.objects.get()
    assert (row["kind"], row["start_at"], row["released_at"]) == ("transfer", "2026-11-25T09:00:00Z", None)

    row = client.patch(at("occupancies", occupancy), {"end_at": span(0, 5)["end_at"]}, headers=ANY).json()
    assert (row["start_at"], row["end_at"]) == ("2026-11-25T09:00:00Z", "2026-11-29T09:00:00Z")
    row = client.post(at("occupancies", occupancy, "release/")).json()
    assert row["released_at"] == "2026-11-24T09:00:00Z"


def test_taken_days_are_a_clash_with_what_stands_in_the_way(client: APIClient) -> None:
    there = OccupancyFactory(period=days(1, 3).as_range(), kind="rental")

    response = client.post(at("occupancies"), {"car": str(there.car_id), "kind": "block", **span(2, 4)})

    assert refused(response) == (409, "occupied")
    assert [row["id"] for row in response.json()["taken"]] == [str(there.pk)]


def test_a_rental_is_left_to_its_contract(client: APIClient) -> None:
    rental = OccupancyFactory(kind="rental")
    sent = {"car": str(CarFactory().pk), "kind": "rental", **span(1, 2)}

    assert refused(client.post(at("occupancies"), sent)) == (422, "rental")
    assert refused(client.patch(at("occupancies", rental), span(1, 2), headers=ANY)) == (409, "rental")
    assert refused(client.post(at("occupancies", rental, "release/"))) == (409, "rental")
    assert client.delete(at("occupancies", rental), headers=ANY).status_code == 405


def test_the_kind_and_the_car_of_taken_days_are_fixed(client: APIClient) -> None:
    response = client.patch(at("occupancies", OccupancyFactory()), {"kind": "transfer"}, headers=ANY)

    assert response.json()["errors"][0]["code"] == "read_only_field"


def test_days_are_moved_with_the_version_that_was_read(client: APIClient) -> None:
    occupancy = OccupancyFactory(period=days(1, 2).as_range())

    assert client.patch(at("occupancies", occupancy), span(1, 3)).status_code == 428
    assert client.patch(at("occupancies", occupancy), span(1, 3), headers={"If-Match": '"9"'}).status_code == 412


def test_the_ledger_is_filtered_and_sorted(client: APIClient) -> None:
    first = OccupancyFactory(period=days(1, 3).as_range(), kind="rental")
    second = OccupancyFactory(period=days(5, 6).as_range(), note="Clutch")
    gone = OccupancyFactory(period=days(7, 8).as_range(), released_at=NOW)

    assert found(client, "occupancies", kind=["rental", "workshop"]) == ids(first)
    assert found(client, "occupancies", released="false") == ids(first, second)
    assert found(client, "occupancies", ends_after=span(3, 4)["start_at"]) == ids(second, gone)
    assert found(client, "occupancies", starts_before=span(5, 6)["start_at"]) == ids(first)
    assert found(client, "occupancies", q="clutch") == ids(second)
    rows = client.get(at("occupancies"), {"sort": "-start_at"}).json()["data"]
    assert [row["id"] for row in rows] == [str(row.pk) for row in (gone, second, first)]


# the odometer


def test_a_wrong_reading_is_corrected_by_a_new_one(client: APIClient) -> None:
    wrong = OdometerReadingFactory(km=90_000)
    sent = {"car": str(wrong.car_id), "km": 9_000, "corrects": str(wrong.pk)}

    assert refused(client.post(at("odometer-readings"), sent)) == (422, "reason_missing")
    row = client.post(at("odometer-readings"), {**sent, "reason": "One zero too many"}).json()

    assert (row["km"], row["source"], row["taken_at"]) == (9_000, "manual", "2026-11-01T08:00:00Z")
    assert found(client, "odometer-readings", valid="true") == {row["id"]}
    again = client.post(at("odometer-readings"), {**sent, "reason": "Again"})
    assert refused(again) == (409, "corrected_already")


def test_readings_are_never_changed_or_deleted(client: APIClient) -> None:
    reading = OdometerReadingFactory()

    assert client.patch(at("odometer-readings", reading), {"km": 1}, headers=ANY).status_code == 405
    assert client.delete(at("odometer-readings", reading), headers=ANY).status_code == 405


def test_readings_are_found(client: APIClient) -> None:
    manual, service_reading = OdometerReadingFactory(), OdometerReadingFactory(source="service")

    assert found(client, "odometer-readings", source="service") == ids(service_reading)
    assert found(client, "odometer-readings", car=manual.car_id) == ids(manual)


@pytest.mark.parametrize(
    "factory", [CarFactory, InsuranceFactory, ServiceRecordFactory, IssueReportFactory, OccupancyFactory]
)
def test_every_record_has_its_history(client: APIClient, factory: Any) -> None:
    row = factory()
    path = {"issuereport": "issues", "servicerecord": "service-records", "occupancy": "occupancies"}.get(
        row._meta.model_name, f"{row._meta.model_name}s"
    )

    history = client.get(at(path, row, "history/")).json()

    assert len(history["data"]) == 1
