"""cars/availability/: free cars with prices, reasons for the others, and what comes near."""

from datetime import timedelta
from typing import Any

import pytest

from cars.models import Car
from contracts.api.offers import AvailabilityOutput
from contracts.search import Wanted, search
from fleet.api.renderers import FleetJSONRenderer
from fleet.db.period import Period
from tests.contracts.api import Desk, error
from tests.factories import contracts as given
from tests.factories.cars import BranchFactory, CarFactory, CategoryFactory, ServicePlanFactory
from tests.factories.contracts import END, NOW, START

pytestmark = pytest.mark.django_db
PATH = "/api/v1/cars/availability/"
DAY = timedelta(days=1)


@pytest.fixture
def desk() -> Desk:
    return Desk("agent")


def ask(desk: Desk, **query: Any) -> Any:
    response = desk.get(PATH, {"start": START.isoformat(), "end": END.isoformat(), **query})
    assert response.status_code == 200, response.json()
    return response.json()


def plates(offers: Any) -> list[str]:
    return [offer["car"]["license_plate"] for offer in offers]


def test_a_free_car_comes_with_its_price(desk: Desk) -> None:
    car = given.rentable_car()
    found = ask(desk)
    (offer,) = found["free"]

    assert offer["car"]["id"] == str(car.pk)
    assert (offer["days"], offer["daily_rate"], offer["total"], offer["deposit"]) == (3, "40.00", "120.00", "200.00")
    assert (offer["currency"], offer["free_until"], offer["warnings"]) == ("EUR", None, [])
    assert found["period"] == {"start": "2026-11-25T09:00:00Z", "end": "2026-11-28T09:00:00Z"}


def test_the_answer_is_what_its_serializer_says(desk: Desk) -> None:
    given.booked(by=desk.user, start_at=END + DAY, end_at=END + 2 * DAY)
    CarFactory(), given.rentable_car(), given.booked(by=desk.user)
    warned = given.rentable_car(daily_rate="33.33")
    ServicePlanFactory(car=warned, every_km=None, every_months=1)
    response = desk.get(PATH, {"start": (START + DAY).isoformat(), "end": (END + 30 * DAY).isoformat(), "explain": "1"})
    period = Period(START + DAY, END + 30 * DAY)
    found = search(Wanted(period, at_counter=True), now=NOW, explain=True)

    assert all((found.free, found.refused))
    assert response.content == FleetJSONRenderer().render(AvailabilityOutput({"period": period, **vars(found)}).data)


def test_a_price_of_the_search_is_the_price_of_the_booking(desk: Desk) -> None:
    car = given.rentable_car(daily_rate="33.33")
    assert ask(desk)["free"][0]["total"] == given.booked(by=desk.user, car=car).total.__str__()


def test_taken_cars_are_left_out_and_explained_on_request(desk: Desk) -> None:
    taken, uninsured = given.booked(by=desk.user).car, CarFactory()
    plain, explained = ask(desk), ask(desk, explain="1")

    assert (plain["free"], plain["refused"], plain["alternatives"]) == ([], [], [])
    reasons = {one["car"]["id"]: [why["code"] for why in one["refusals"]] for one in explained["refused"]}
    assert reasons == {str(taken.pk): ["occupied"], str(uninsured.pk): ["uninsured", "unregistered"]}


def test_alternatives_are_shifted_or_a_class_higher(desk: Desk) -> None:
    economy = CategoryFactory(code="economy", upgrade_rank=1)
    luxury = CategoryFactory(code="luxury", upgrade_rank=2, daily_rate="90.00")
    taken = given.booked(by=desk.user, car=given.rentable_car(category=economy), end_at=START + DAY).car
    better = given.rentable_car(category=luxury)
    near = ask(desk, category="economy", end=(START + DAY).isoformat(), explain="true")["alternatives"]

    assert plates(near)[0] == better.license_plate
    assert any(one["car"]["id"] == str(taken.pk) and one["start_at"] != "2026-11-25T09:00:00Z" for one in near)


@pytest.mark.parametrize(
    "query",
    [
        {"category": "suv"},
        {"seats_min": "7"},
        {"transmission": "automatic"},
        {"fuel_type": "electric"},
    ],
)
def test_the_search_is_narrowed(desk: Desk, query: dict[str, str]) -> None:
    given.rentable_car()
    suv = CategoryFactory(code="suv")
    wanted = given.rentable_car(category=suv, seats=7, transmission=Car.Transmission.AUTOMATIC, fuel_type="electric")

    assert plates(ask(desk, **query)["free"]) == [wanted.license_plate]


def test_the_search_is_narrowed_by_ids(desk: Desk) -> None:
    given.rentable_car()
    car = given.rentable_car(branch=BranchFactory(name="Mostar"))

    assert plates(ask(desk, branch=str(car.branch_id))["free"]) == [car.license_plate]
    assert plates(ask(desk, category=str(car.category_id))["free"]) == [car.license_plate]


def test_free_until_is_when_the_car_is_taken_next(desk: Desk) -> None:
    later = given.booked(by=desk.user, start_at=END + DAY, end_at=END + 2 * DAY)

    assert ask(desk)["free"][0]["free_until"] == later.start_at.isoformat().replace("+00:00", "Z")


def test_the_counter_searches_from_now_and_a_program_does_not_search_the_past(desk: Desk) -> None:
    given.rentable_car()
    begun = {"start": (NOW - timedelta(minutes=5)).isoformat()}

    assert len(ask(desk, **begun)["free"]) == 1
    assert ask(Desk("integrator"), **begun)["free"] == []


def test_a_plus_sign_that_nobody_escaped_is_understood(desk: Desk) -> None:
    given.rentable_car()
    response = desk.get(f"{PATH}?start=2026-11-25T10:00:00+01:00&end=2026-11-28T10:00:00+01:00")

    assert response.json()["period"]["start"] == "2026-11-25T09:00:00Z"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"start": "2026-11-25T09:00:00"}, 400, "invalid_parameter"),
        ({"start": "2026-11-25"}, 400, "invalid_parameter"),
        ({"start": "tomorrow"}, 400, "invalid_parameter"),
        ({"start": ""}, 400, "invalid_parameter"),
        ({"start": "9999-12-31T23:59:59-14:00"}, 400, "invalid_parameter"),
        ({"seats_min": "NaN"}, 400, "invalid_parameter"),
        ({"seats_min": "-1"}, 400, "invalid_parameter"),
        ({"fuel_type": "coal"}, 400, "invalid_parameter"),
        ({"branch": "Sarajevo"}, 400, "invalid_parameter"),
        ({"category": "x" * 41}, 400, "invalid_parameter"),
        ({"explain": "perhaps"}, 400, "invalid_parameter"),
        ({"price_max": "10"}, 400, "unknown_parameter"),
        ({"end": START.isoformat()}, 422, "ends_before_it_starts"),
        ({"end": (START - DAY).isoformat()}, 422, "ends_before_it_starts"),
        ({"end": (START + 367 * DAY).isoformat()}, 422, "too_long"),
        ({"start": "1900-01-01T00:00:00Z", "end": "2199-01-01T00:00:00Z"}, 422, "too_long"),
    ],
)
def test_a_search_that_cannot_be_understood_is_refused(desk: Desk, query: Any, status: int, code: str) -> None:
    response = desk.get(PATH, {"start": START.isoformat(), "end": END.isoformat(), **query})

    assert error(response) == (status, code)
    if code == "invalid_parameter":
        assert [one["parameter"] for one in response.json()["errors"]] == list(query)


def test_a_period_is_needed(desk: Desk) -> None:
    response = desk.get(PATH)

    assert [one["parameter"] for one in response.json()["errors"]] == ["start", "end"]
    assert response.json()["errors"][0]["code"] == "required"


def test_who_may_not_see_cars_does_not_search_them() -> None:
    assert error(Desk("").get(PATH)) == (403, "not_allowed")
