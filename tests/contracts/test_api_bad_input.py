"""What strangers send: a coded error, and nothing half-written."""

import json
from typing import Any

import pytest
import time_machine

from cars.models import Car, Damage, Occupancy, OdometerReading
from contracts.models import Assignment, Charge, Contract, Handover, Payment, PriceLine
from notifications.models import Event
from tests.contracts.api import BACK, CONTRACTS, FULL, NOBODY, Desk, booking, codes, error
from tests.factories import contracts as given
from tests.factories.accounts import client_of
from tests.factories.contracts import BACK_AT, NOW, START

pytestmark = pytest.mark.django_db
MEGABYTE = "š" * 500_000
ROWS = (Car, Occupancy, OdometerReading, Damage, Contract, Assignment, Handover, PriceLine, Charge, Payment)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def rows() -> dict[str, Any]:
    """Return every row that a booking, a step or a payment could have written or changed."""
    kept = {model.__name__: sorted(model.objects.values_list("pk", "version")) for model in ROWS}
    return {**kept, "events": Event.objects.count()}


FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"start_at": "2026-11-25T09:00:00"}, "/start_at", "offset_required"),
    ({"start_at": "2027-03-28T02:30:00"}, "/start_at", "offset_required"),  # an hour that the clocks skip
    ({"start_at": "2026-11-25"}, "/start_at", "instant"),
    ({"start_at": "2026-02-30T09:00:00Z"}, "/start_at", "instant"),
    ({"start_at": "2026-11-25T25:00:00Z"}, "/start_at", "instant"),
    ({"start_at": 1_700_000_000}, "/start_at", "instant"),
    ({"start_at": None}, "/start_at", "null"),
    ({"start_at": ["2026-11-25T09:00:00Z"]}, "/start_at", "instant"),
    ({"end_at": "9999-12-31T23:59:59Z"}, "/end_at", "instant_out_of_range"),
    ({"end_at": "0001-01-01T00:00:00+14:00"}, "/end_at", "instant_out_of_range"),
    ({"end_at": "٢٠٢٦-11-28T09:00:00Z"}, "/end_at", "instant"),
    ({"car": "A12-K-345"}, "/car", "invalid"),
    ({"car": {"id": NOBODY}}, "/car", "invalid"),
    ({"car": None}, "/car", "null"),
    ({"car": -1}, "/car", "invalid"),
    ({"customer": "' OR 1=1 --"}, "/customer", "invalid"),
    ({"drivers": NOBODY}, "/drivers", "not_a_list"),
    ({"drivers": ["x"]}, "/drivers/0", "invalid"),
    ({"drivers": [NOBODY] * 11}, "/drivers", "max_length"),
    ({"extras": {}}, "/extras", "not_a_list"),
    ({"extras": ["seat"]}, "/extras/0", "invalid"),
    ({"extras": [{"extra": "seat", "quantity": -1}]}, "/extras/0/quantity", "min_value"),
    ({"extras": [{"extra": "seat", "quantity": 10**30}]}, "/extras/0/quantity", "max_value"),
    ({"extras": [{"extra": "seat", "quantity": 1.5}]}, "/extras/0/quantity", "invalid"),
    ({"extras": [{"extra": "seat", "quantity": True}]}, "/extras/0/quantity", "invalid"),
    ({"extras": [{"extra": "seat", "price": "0.01"}]}, "/extras/0/price", "unknown_field"),
    ({"extras": [{"extra": "seat"}] * 31}, "/extras", "max_length"),
    ({"channel": "pigeon"}, "/channel", "invalid_choice"),
    ({"notes": MEGABYTE}, "/notes", "max_length"),
    ({"external_ref": "x" * 81}, "/external_ref", "max_length"),
    ({"notes": "a\u0000b"}, "/notes", "null_characters_not_allowed"),
    ({"notes": ["a"]}, "/notes", "invalid"),
    ({"pickup_place": {"x": 1}}, "/pickup_place", "invalid"),
    ({"overrides": [{"code": "notice"}]}, "/overrides/0/reason", "required"),
    ({"overrides": "all"}, "/overrides", "not_a_list"),
    ({"total": "0.01"}, "/total", "unknown_field"),
    ({"status": "confirmed"}, "/status", "unknown_field"),
    ({"created_by": NOBODY}, "/created_by", "unknown_field"),
    ({"daily_rate": "1.00"}, "/daily_rate", "unknown_field"),
    ({"reference": "R-2026-000001"}, "/reference", "unknown_field"),
    ({"a/b~c": 1}, "/a~1b~0c", "unknown_field"),
]


@pytest.mark.parametrize(("fields", "pointer", "code"), FIELDS)
def test_a_wrong_field_of_a_booking_is_named_and_nothing_is_written(
    desk: Desk, fields: dict[str, Any], pointer: str, code: str
) -> None:
    response = desk.post("", {**booking(given.rentable_car()), **fields})
    found = {(one["pointer"], one["code"]) for one in response.json()["errors"]}

    assert error(response) == (422, "invalid")
    assert found == {(pointer, code)}
    assert not Contract.objects.exists()


@pytest.mark.parametrize(
    ("fields", "status", "code", "refusals"),
    [
        ({"end_at": START.isoformat()}, 422, "ends_before_it_starts", set()),
        ({"end_at": "2026-11-24T09:00:00Z"}, 422, "ends_before_it_starts", set()),
        ({"end_at": "2036-11-25T09:00:00Z"}, 409, "not_rentable", {"too_long", "uninsured", "unregistered"}),
        (
            {"start_at": "1926-11-25T09:00:00Z"},
            409,
            "not_rentable",
            {"too_long", "in_the_past", "uninsured", "unregistered"},
        ),
    ],
)
def test_a_period_that_cannot_be_is_refused(
    desk: Desk, fields: Any, status: int, code: str, refusals: set[str]
) -> None:
    response = desk.post("", booking(given.rentable_car(), **fields))

    assert (error(response), codes(response)) == ((status, code), refusals)
    assert not Contract.objects.exists()


def test_an_archived_car_is_refused(desk: Desk) -> None:
    response = desk.post("", booking(given.rentable_car(lifecycle="archived")))

    assert (error(response), codes(response)) == ((409, "not_rentable"), {"not_in_service"})


def test_a_price_that_no_column_holds_is_refused(desk: Desk) -> None:
    car = given.rentable_car(daily_rate="9999999999.99")
    response = desk.post("", booking(car))

    assert (response.status_code, Contract.objects.count()) == (422, 0)


def test_a_night_in_which_the_clocks_change_is_one_day(desk: Desk) -> None:
    night = {"start_at": "2027-03-27T10:00:00+01:00", "end_at": "2027-03-28T10:00:00+02:00"}
    shown = desk.post("quote/", booking(given.rentable_car(), **night)).json()

    assert (shown["days"], shown["end_at"]) == (1, "2027-03-28T08:00:00Z")


@pytest.mark.parametrize(
    ("raw", "kind", "status", "code"),
    [
        ("", "application/json", 422, "invalid"),
        ("{", "application/json", 400, "malformed"),
        ('{"car": NaN}', "application/json", 400, "malformed"),
        ('{"car": Infinity}', "application/json", 400, "malformed"),
        ('{"car": 1e999}', "application/json", 422, "invalid"),
        ('{"car": ' + "9" * 500 + "}", "application/json", 422, "invalid"),
        ("[" * 40 + "]" * 40, "application/json", 400, "malformed"),
        ("[" * 100_000, "application/json", 400, "malformed"),
        ("[]", "application/json", 422, "invalid"),
        ('{"notes": "\\ud800"}', "application/json", 422, "invalid"),
        ("null", "application/json", 422, "invalid"),
        ('"car"', "application/json", 422, "invalid"),
        (b"\xff\xfe{}", "application/json", 400, "malformed"),
        ('{"notes": "' + "x" * 3_000_000 + '"}', "application/json", 413, "too_large"),
        ("car=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ("<car/>", "application/xml", 415, "unsupported_media_type"),
    ],
)
def test_a_body_that_is_no_booking_is_refused(raw: Any, kind: str, status: int, code: str) -> None:
    with time_machine.travel(NOW, tick=False):
        response = client_of(given.manager()).generic("POST", CONTRACTS, raw, content_type=kind)

    assert error(response) == (status, code)
    assert response["Content-Type"] == "application/problem+json"


HANDOVERS: list[tuple[dict[str, Any], str]] = [
    ({"odometer_km": -1}, "/odometer_km"),
    ({"odometer_km": 10**12}, "/odometer_km"),
    ({"odometer_km": 1.5}, "/odometer_km"),
    ({"odometer_km": "NaN"}, "/odometer_km"),
    ({"odometer_km": None}, "/odometer_km"),
    ({"fuel_eighths": 9}, "/fuel_eighths"),
    ({"fuel_eighths": -1}, "/fuel_eighths"),
    ({"battery_pct": 101}, "/battery_pct"),
    ({"clean": "perhaps"}, "/clean"),
    ({"clean": None}, "/clean"),
    ({"damages": [{"panel": "soul", "kind": "scratch"}]}, "/damages/0/panel"),
    ({"damages": [{"panel": "bonnet", "kind": "scratch", "estimate": "-1.00"}]}, "/damages/0/estimate"),
    ({"damages": [{"panel": "bonnet", "kind": "scratch", "estimate": "1.234"}]}, "/damages/0/estimate"),
    ({"damages": [{"panel": "bonnet", "kind": "scratch", "estimate": "NaN"}]}, "/damages/0/estimate"),
    ({"damages": [{"panel": "bonnet", "kind": "scratch", "estimate": "1e11"}]}, "/damages/0/estimate"),
    ({"damages": [{"panel": "bonnet", "kind": "scratch"}] * 51}, "/damages"),
    ({"checklist": ["spare"]}, "/checklist"),
    ({"checklist": {"spare": {"deep": 1}}}, "/checklist"),
    ({"checklist": {"a\u0000": True}}, "/checklist"),
    ({"checklist": {str(number): True for number in range(51)}}, "/checklist"),
    ({"remarks": MEGABYTE}, "/remarks"),
    ({"at": START.isoformat()}, "/at"),
    ({"by": NOBODY}, "/by"),
    ({"colour": "red"}, "/colour"),
]


@pytest.mark.parametrize(("fields", "pointer"), HANDOVERS)
def test_a_wrong_field_of_a_check_in_is_named_and_nothing_is_written(
    desk: Desk, fields: dict[str, Any], pointer: str
) -> None:
    contract, desk.at = given.active(by=desk.user), BACK_AT
    before = rows()
    response = desk.step(contract, "check-in", **{**BACK, **fields})

    assert error(response) == (422, "invalid")
    assert {one["pointer"] for one in response.json()["errors"]} == {pointer}
    assert rows() == before


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("check-in", {"odometer_km": 1_300}),
        ("check-in", {"odometer_km": 1_300, "battery_pct": 80}),
        ("check-in", {"odometer_km": 3, "fuel_eighths": 8}),
        ("extend", {"end_at": START.isoformat()}),
        ("extend", {"end_at": "2026-12-01T09:00:00"}),
        ("extend", {"end_at": "2199-01-01T09:00:00Z"}),
        ("swap", {"car": NOBODY, "back": FULL, "out": FULL}),
        ("swap", {"car": NOBODY, "back": {}, "out": FULL}),
        ("swap", {"car": NOBODY, "back": FULL}),
        ("lines", {"kind": "rental", "description": "x", "amount": "1.00"}),
        ("lines", {"kind": "fine", "description": "x", "amount": "NaN"}),
        ("lines", {"kind": "fine", "description": "x", "amount": "99999999999.00"}),
        ("lines", {"kind": "fine", "description": "x", "amount": "9999999999.99"}),
        ("lines", {"kind": "discount", "description": "x", "amount": "-500.00"}),
        ("lines", {"kind": "fine", "description": "", "amount": "1.00"}),
        ("payments", {"kind": "payment", "method": "cash", "amount": "0.00"}),
        ("payments", {"kind": "payment", "method": "cash", "amount": "-5.00"}),
        ("payments", {"kind": "payment", "method": "cash", "amount": "1.001"}),
        ("payments", {"kind": "payment", "method": "gold", "amount": "1.00"}),
        ("payments", {"kind": "payment", "method": "cash", "amount": "Infinity"}),
        ("payments", {"kind": "payment", "method": "cash", "amount": "1.00", "at": START.isoformat()}),
        ("settle", {"release_deposit": "maybe"}),
        ("no-show", {"because": "x"}),
    ],
)
def test_a_step_with_a_wrong_body_has_a_coded_answer_and_writes_nothing(desk: Desk, step: str, body: Any) -> None:
    contract, desk.at = given.active(by=desk.user), START + (BACK_AT - START) / 2
    before = rows()
    response = desk.step(contract, step, **body)

    assert response.status_code in (409, 422)
    assert response.json()["code"]
    assert rows() == before


@pytest.mark.parametrize("path", ["not-an-id/", f"{NOBODY}/", f"{'-' * 36}/", f"{NOBODY}/fly/", "%00/", "💥/"])
def test_an_address_that_leads_nowhere_is_told_in_the_same_shape(desk: Desk, path: str) -> None:
    response = desk.get(path)

    assert error(response) == (404, "not_found")
    assert response["Content-Type"] == "application/problem+json"


def test_texts_of_every_script_are_kept_as_they_came(desk: Desk) -> None:
    text = "Željko Šćepanović 🚗 \u202eعربى\u202c 日本語 <script>alert(1)</script> ' OR 1=1 --"
    response = desk.post("", booking(given.rentable_car(), notes=text, pickup_place=text[:200]))

    assert json.loads(response.content)["notes"] == text
    assert Contract.objects.get().notes == text
