"""branches/, categories/ and cars/: fields, filters, actions; refusals in the API's words."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from cars.models import Car, Occupancy, OdometerReading
from tests.cars.world import DAY, NOW, days
from tests.factories.accounts import client_as
from tests.factories.cars import (
    BranchFactory,
    CarFactory,
    CategoryFactory,
    DamageFactory,
    InsuranceFactory,
    OccupancyFactory,
    OdometerReadingFactory,
)

pytestmark = pytest.mark.django_db
CARS = "/api/v1/cars/"


@pytest.fixture
def client() -> APIClient:
    return client_as("manager")


def url(car: Car, step: str = "") -> str:
    return f"{CARS}{car.pk}/{step}"


def body(**fields: Any) -> dict[str, Any]:
    """Return what creates a car."""
    return {
        "license_plate": "A12-K-345",
        "manufacturer": "Škoda",
        "model": "Octavia",
        "year": 2024,
        "category": str(CategoryFactory().pk),
        "branch": str(BranchFactory().pk),
        "fuel_type": "diesel",
        **fields,
    }


def plates(client: APIClient, **query: Any) -> list[str]:
    response = client.get(CARS, query)
    assert response.status_code == 200, response.content
    return [car["license_plate"] for car in response.json()["data"]]


def test_a_car_is_created_with_what_the_server_decides(client: APIClient) -> None:
    response = client.post(CARS, body(vin="tmbjj7nx0ly000001", daily_rate="55.00"))

    car = response.json()
    assert (response.status_code, response["Location"]) == (201, f"http://testserver{CARS}{car['id']}/")
    assert (car["lifecycle"], car["odometer_km"], car["version"]) == ("active", 0, 1)
    assert (car["vin"], car["daily_rate"], car["rate"]) == ("TMBJJ7NX0LY000001", "55.00", "55.00")
    assert car["created_by"] == str(client.user.pk)


@pytest.mark.parametrize("name", ["lifecycle", "odometer_km", "version", "created_by", "id", "rate"])
def test_what_the_server_decides_cannot_be_sent(client: APIClient, name: str) -> None:
    response = client.post(CARS, body(**{name: "1"}))

    (error,) = response.json()["errors"]
    assert (response.status_code, error["pointer"], error["code"]) == (422, f"/{name}", "read_only_field")


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"year": 2028}, "/year", "year_out_of_range"),
        ({"year": 1899}, "/year", "year_out_of_range"),
        ({"year": 10**30}, "/year", "max_value"),
        ({"seats": 0}, "/seats", "min_value"),
        ({"daily_rate": "-1"}, "/daily_rate", "min_value"),
        ({"daily_rate": "NaN"}, "/daily_rate", "invalid"),
        ({"vin": "SHORT"}, "/vin", "invalid"),
        ({"license_plate": " "}, "/license_plate", "blank"),
        ({"license_plate": "X" * 1_000_000}, "/license_plate", "max_length"),
        ({"category": "economy"}, "/category", "incorrect_type"),
        ({"category": "019ab1c4-7d1e-7000-8000-000000000000"}, "/category", "does_not_exist"),
        ({"fuel_type": "steam"}, "/fuel_type", "invalid_choice"),
        ({"colour": "red"}, "/colour", "unknown_field"),
    ],
)
def test_bad_input_is_pointed_at(client: APIClient, fields: dict[str, Any], pointer: str, code: str) -> None:
    response = client.post(CARS, body(**fields))

    assert response.status_code == 422
    assert pointer in {error["pointer"] for error in response.json()["errors"]}
    assert not Car.objects.exists()


def test_next_years_model_is_sold_already(client: APIClient) -> None:
    assert client.post(CARS, body(year=2027)).status_code == 201


def test_a_plate_that_another_car_has_is_a_clash(client: APIClient) -> None:
    CarFactory(license_plate="a12 k 345")

    response = client.post(CARS, body())

    assert (response.status_code, response.json()["code"]) == (409, "plate_taken")


def test_a_car_is_changed_with_the_version_that_was_read(client: APIClient) -> None:
    car = CarFactory()

    assert client.patch(url(car), {"color": "red"}).status_code == 428
    answer = client.patch(url(car), {"color": "red"}, headers={"If-Match": f'"{car.version}"'})
    assert (answer.status_code, answer.json()["color"], answer.json()["version"]) == (200, "red", 2)
    assert client.patch(url(car), {"color": "blue"}, headers={"If-Match": '"1"'}).status_code == 412


def test_a_car_with_history_is_not_deleted(client: APIClient) -> None:
    car = InsuranceFactory().car

    response = client.delete(url(car), headers={"If-Match": "*"})

    assert (response.status_code, response.json()["code"]) == (409, "protected")
    assert client.delete(url(CarFactory()), headers={"If-Match": "*"}).status_code == 204


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"plate": "a-1"}, "A1"),
        ({"status": "for_sale"}, "B2"),
        ({"status": ["for_sale", "archived"]}, "B2 C3"),
        ({"manufacturer": "bmw"}, "B2"),
        ({"model": "FABIA"}, "A1"),
        ({"category": "suv"}, "B2"),
        ({"branch": "mostar"}, "C3"),
        ({"fuel_type": "electric"}, "B2"),
        ({"fuel_type": ["electric", "diesel"]}, "A1 B2 C3"),
        ({"transmission": "automatic"}, "B2"),
        ({"seats_min": 7}, "C3"),
        ({"rate_min": "60"}, "B2"),
        ({"rate_max": "45.00"}, "A1"),
        ({"km_max": 1000}, "A1 C3"),
        ({"q": "octavia"}, "C3"),
        ({"q": "b-2"}, "B2"),
        ({"category": "suv", "status": "archived"}, ""),
        ({"sort": "-rate"}, "B2 C3 A1"),
        ({"sort": "-odometer_km,license_plate"}, "B2 A1 C3"),
    ],
)
def test_cars_are_filtered_and_sorted(client: APIClient, query: dict[str, Any], found: str) -> None:
    economy, suv = CategoryFactory(code="economy"), CategoryFactory(code="suv", daily_rate=Decimal("90.00"))
    CarFactory(license_plate="A1", model="Fabia", category=economy)
    CarFactory(
        license_plate="B2",
        manufacturer="BMW",
        model="iX3",
        category=suv,
        fuel_type="electric",
        transmission="automatic",
        odometer_km=5000,
        lifecycle="for_sale",
    )
    CarFactory(
        license_plate="C3",
        category=economy,
        branch=BranchFactory(code="mostar"),
        seats=7,
        daily_rate=Decimal("50.00"),
        lifecycle="archived",
    )

    assert plates(client, **query) == found.split()


def test_a_category_and_a_branch_are_also_found_by_id(client: APIClient) -> None:
    car = CarFactory()
    CarFactory()

    assert plates(client, category=car.category_id, branch=car.branch_id) == [car.license_plate]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "free"},
        {"seats_min": "many"},
        {"seats_min": -1},
        {"km_max": 10**30},
        {"rate_min": "NaN"},
        {"rate_max": "1e999"},
        {"colour": "red"},
        {"sort": "vin"},
    ],
)
def test_a_filter_that_cannot_be_understood_is_refused(client: APIClient, query: dict[str, Any]) -> None:
    response = client.get(CARS, query)

    assert response.status_code == 400
    assert next(iter(query)) in response.json()["detail"] or response.json()["parameter"] == next(iter(query))


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        ("archive/", "active", "archived"),
        ("restore/", "archived", "active"),
        ("dispose/", "for_sale", "disposed"),
        ("withdraw/", "active", "out_of_service"),
        ("offer-for-sale/", "active", "for_sale"),
        ("activate/", "out_of_service", "active"),
    ],
)
def test_a_car_goes_through_its_life(client: APIClient, step: str, before: str, after: str) -> None:
    car = CarFactory(lifecycle=before)

    response = client.post(url(car, step))

    assert (response.status_code, response.json()["lifecycle"]) == (200, after)
    again = client.post(url(car, step))
    assert (again.status_code, again.json()["code"]) == (409, "illegal_step")


def test_archiving_answers_with_what_stands_in_the_way(client: APIClient) -> None:
    occupancy = OccupancyFactory(period=days(1, 2).as_range(), kind="rental")

    response = client.post(url(occupancy.car, "archive/"))

    (row,) = response.json()["taken"]
    assert (response.status_code, response.json()["code"]) == (409, "still_taken")
    assert (row["id"], row["kind"]) == (str(occupancy.pk), "rental")
    assert row["start_at"].startswith("2026-11-25")


def test_an_action_honours_the_version_that_was_read(client: APIClient) -> None:
    assert client.post(url(CarFactory(), "archive/"), headers={"If-Match": '"7"'}).status_code == 412


def test_the_odometer_is_read(client: APIClient) -> None:
    car = CarFactory()

    response = client.post(url(car, "odometer/"), {"km": 1234})

    assert (response.status_code, response.json()["km"], response.json()["source"]) == (201, 1234, "manual")
    assert client.get(url(car)).json()["odometer_km"] == 1234


def test_the_odometer_is_read_once_per_key(client: APIClient) -> None:
    car, key = CarFactory(), {"Idempotency-Key": "reading-1"}

    first, second = (client.post(url(car, "odometer/"), {"km": 1234}, headers=key) for _ in range(2))

    assert first.json() == second.json()
    assert OdometerReading.objects.count() == 1


def test_an_odometer_that_runs_backwards_is_refused_with_its_neighbours(client: APIClient) -> None:
    reading = OdometerReadingFactory(km=5000)

    response = client.post(url(reading.car, "odometer/"), {"km": 4999})

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "odometer_backwards")
    assert (problem["before_km"], problem["after_km"]) == (5000, None)


@pytest.mark.parametrize("km", [-1, 10_000_000, 1.5, "many", None, True])
def test_no_odometer_shows_this(client: APIClient, km: Any) -> None:
    assert client.post(url(CarFactory(), "odometer/"), {"km": km}).status_code == 422


def test_a_car_is_blocked(client: APIClient) -> None:
    car = CarFactory()
    span = {"start_at": "2026-12-01T08:00:00+01:00", "end_at": "2026-12-02T08:00:00+01:00"}

    response = client.post(url(car, "block/"), {**span, "kind": "workshop", "note": "Clutch"})

    row = response.json()
    assert (response.status_code, row["kind"], row["note"]) == (201, "workshop", "Clutch")
    assert (row["start_at"], row["end_at"]) == ("2026-12-01T07:00:00Z", "2026-12-02T07:00:00Z")
    clash = client.post(url(car, "block/"), span).json()
    assert (clash["status"], clash["code"], clash["taken"][0]["id"]) == (409, "occupied", row["id"])


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"end_at": "2026-12-01T07:00:00Z"}, "/end_at"),
        ({"end_at": "2036-12-01T07:00:00Z"}, "/end_at"),
        ({"end_at": "2026-12-02T07:00:00"}, "/end_at"),
        ({"end_at": None}, "/end_at"),
        ({"start_at": "yesterday"}, "/start_at"),
        ({"kind": "rental"}, "/kind"),
        ({"note": "x" * 201}, "/note"),
        ({"released_at": "2026-12-02T07:00:00Z"}, "/released_at"),
    ],
)
def test_a_block_that_makes_no_sense_is_pointed_at(client: APIClient, fields: dict[str, Any], pointer: str) -> None:
    span = {"start_at": "2026-12-01T07:00:00Z", "end_at": "2026-12-02T07:00:00Z"}

    response = client.post(url(CarFactory(), "block/"), {**span, **fields})

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert not Occupancy.objects.exists()


def test_an_archived_car_is_not_blocked(client: APIClient) -> None:
    span = {"start_at": "2026-12-01T07:00:00Z", "end_at": "2026-12-02T07:00:00Z"}

    response = client.post(url(CarFactory(lifecycle="archived"), "block/"), span)

    assert (response.status_code, response.json()["code"]) == (409, "car_gone")


def test_the_calendar_shows_the_span_that_is_asked_for(client: APIClient) -> None:
    row = OccupancyFactory(period=days(1, 2).as_range())
    OccupancyFactory(car=row.car, period=days(5, 6).as_range())

    answer = client.get(url(row.car, "calendar/"), {"from": NOW.isoformat(), "to": (NOW + 3 * DAY).isoformat()}).json()

    assert (answer["start_at"], answer["end_at"]) == ("2026-11-24T09:00:00Z", "2026-11-27T09:00:00Z")
    assert [one["id"] for one in answer["occupancies"]] == [str(row.pk)]


def test_the_calendar_is_a_file_for_calendars_too(client: APIClient) -> None:
    row = OccupancyFactory(period=days(300, 301).as_range())

    response = client.get(url(row.car, "calendar/"), {"as": "ics"})

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"UID:{row.pk}@fleet" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "2026-12-01T07:00:00"}, 400),
        ({"to": "tomorrow"}, 400),
        ({"as": "pdf"}, 400),
        ({"until": "x"}, 400),
        ({"from": "2026-12-02T07:00:00Z", "to": "2026-12-01T07:00:00Z"}, 422),
        ({"from": "2026-12-02T07:00:00Z", "to": "2036-12-01T07:00:00Z"}, 422),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(client: APIClient, query: dict[str, str], status: int) -> None:
    assert client.get(url(CarFactory(), "calendar/"), query).status_code == status


def test_only_marks_that_are_still_there_are_listed(client: APIClient) -> None:
    mark = DamageFactory()
    DamageFactory(car=mark.car, repaired_at=NOW - timedelta(days=1))
    DamageFactory()

    answer = client.get(url(mark.car, "damages/"), {"limit": 5}).json()

    assert [one["id"] for one in answer["data"]] == [str(mark.pk)]


@pytest.mark.parametrize("path", ["branches", "categories"])
def test_a_code_is_given_once(client: APIClient, path: str) -> None:
    BranchFactory(code="mostar")
    CategoryFactory(code="mostar")
    fields = {"code": "mostar", "name": "Other"}
    prices = {"daily_rate": "1.00", "deposit": "0.00"} if path == "categories" else {}

    response = client.post(f"/api/v1/{path}/", {**fields, **prices})

    assert (response.status_code, response.json()["code"]) == (409, "code_taken")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"is_active": "false"}, ["old"]),
        ({"code": "new"}, ["new"]),
        ({"q": "ELD"}, ["old"]),
        ({"sort": "-code"}, ["old", "new"]),
    ],
)
def test_branches_are_found(client: APIClient, query: dict[str, str], found: list[str]) -> None:
    BranchFactory(code="new", name="Sarajevo")
    BranchFactory(code="old", name="Bijeljina and Gelderland", is_active=False)

    assert [row["code"] for row in client.get("/api/v1/branches/", query).json()["data"]] == found


def test_a_time_zone_must_exist(client: APIClient) -> None:
    response = client.post("/api/v1/branches/", {"code": "x", "name": "X", "time_zone": "Mars/Olympus"})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/time_zone")


def test_a_category_in_use_is_not_deleted(client: APIClient) -> None:
    response = client.delete(f"/api/v1/categories/{CarFactory().category_id}/", headers={"If-Match": "*"})

    assert (response.status_code, response.json()["code"]) == (409, "protected")
