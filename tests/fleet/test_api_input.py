"""What strangers send: malformed, huge, deep, unknown, of the wrong kind."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from cars.models import Branch
from contracts.api.inputs import BookingInput
from tests.factories.accounts import client_as

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.fleet.world")]


@pytest.fixture
def client() -> APIClient:
    return client_as("manager")


def posted(client: APIClient, body: str | bytes, content_type: str = "application/json") -> Any:
    return client.generic("POST", "/api/v1/raise/", body, content_type=content_type)


@pytest.mark.parametrize(
    "body", ["{", "nonsense", '{"a": NaN}', '{"a": Infinity}', '{"a": -Infinity}', "{'a': 1}", b"\xff\xfe{}"]
)
def test_what_is_no_json_is_malformed(client: APIClient, body: str | bytes) -> None:
    response = posted(client, body)

    assert (response.status_code, response.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("body", ['{"a": 1, "a": 2}', '{"a": {"b": 1, "\\u0062": 2}}'])
def test_a_name_that_stands_there_twice_is_malformed(client: APIClient, body: str) -> None:
    response = posted(client, body)

    assert (response.status_code, response.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("depth", [33, 5_000, 200_000])
def test_json_is_not_nested_without_end(client: APIClient, depth: int) -> None:
    response = posted(client, "[" * depth + "]" * depth)

    assert (response.status_code, response.json()["code"]) == (400, "malformed")


def test_json_nested_reasonably_is_taken(client: APIClient) -> None:
    assert posted(client, "[" * 30 + "]" * 30).status_code == 200


@pytest.mark.parametrize("number", ["9" * 5000, "1e999", "-1e999"])
def test_huge_numbers_are_invalid(client: APIClient, number: str) -> None:
    response = posted(client, f'{{"a": {number}}}')

    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "number_too_large"


def test_a_body_over_the_limit_is_413(client: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    response = posted(client, '{"a": "' + "x" * 1000 + '"}')

    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_a_body_that_is_not_json_is_415(client: APIClient) -> None:
    assert posted(client, "<a/>", "application/xml").status_code == 415


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"colour": "red"}, "/colour", "unknown_field"),
        ({"version": 7}, "/version", "read_only_field"),
        ({"created_at": "2026-01-01T00:00:00Z"}, "/created_at", "read_only_field"),
        ({"name": "x" * 1_000_000}, "/name", "max_length"),
        ({"name": "a\x00b"}, "/name", "null_characters_not_allowed"),
        ({"name": None}, "/name", "null"),
        ({"name": {"a": 1}}, "/name", "invalid"),
        ({"code": "Not A Code"}, "/code", "invalid"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone", "time_zone"),
        ({"is_active": "perhaps"}, "/is_active", "invalid"),
    ],
)
def test_a_field_that_is_not_right_is_named(client: APIClient, fields: dict[str, Any], pointer: str, code: str) -> None:
    response = client.post("/api/v1/branches/", {"code": "sa", "name": "Sarajevo", **fields})

    assert response.status_code == 422
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [(pointer, code)]
    assert not Branch.objects.exists()


def test_half_of_a_surrogate_pair_is_no_text(client: APIClient) -> None:
    body = r'{"code": "sa", "name": "\ud800"}'

    response = client.generic("POST", "/api/v1/branches/", body, content_type="application/json")

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/name"


def test_an_unknown_field_of_a_nested_object_is_named(client: APIClient) -> None:
    body = {"at": "2026-12-04T16:00:00Z", "amount": "1.00", "people": [{"name": "A"}, {"nom": "B"}]}

    response = client.post("/api/v1/branches/order/", body)

    assert {one["pointer"] for one in response.json()["errors"]} >= {"/people/1/nom"}


@pytest.mark.parametrize("body", [[], [1], "text", 5, None])
def test_a_body_that_is_no_object_is_invalid(client: APIClient, body: Any) -> None:
    assert client.post("/api/v1/branches/", body, format="json").status_code == 422


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2026-12-04T16:00:00", "offset_required"),
        ("2026-12-04", "instant"),
        ("yesterday at noon!", "instant"),
        ("2026-02-30T16:00:00Z", "instant"),
        ("1899-12-31T00:00:00Z", "instant_out_of_range"),
        ("9999-12-31T23:59:59-12:00", "instant_out_of_range"),
        (1764864000, "instant"),
        (None, "null"),
        ("2026-12-\u0660\u0664T16:00:00Z", "instant"),  # Arabic digits
    ],
)
def test_an_instant_needs_its_offset_and_a_sensible_year(client: APIClient, at: Any, code: str) -> None:
    response = client.post("/api/v1/branches/order/", {"at": at, "amount": "1.00"})

    assert response.status_code == 422
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [("/at", code)]


@pytest.mark.parametrize("amount", ["1.005", "NaN", "Infinity", "-1", "99999999999.00", "1e50", "", None, [], True])
def test_money_has_two_places_and_bounds(client: APIClient, amount: Any) -> None:
    response = client.post("/api/v1/branches/order/", {"at": "2026-12-04T16:00:00Z", "amount": amount})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/amount"


def test_money_and_instants_leave_as_text_in_utc(client: APIClient) -> None:
    response = client.post("/api/v1/branches/", {"code": "sa", "name": "Sarajevo"})

    assert response.json()["created_at"].endswith("Z")
    order = client.post("/api/v1/branches/order/", {"at": "2026-12-04T16:00:00+01:00", "amount": 312})
    assert order.json()["amount"] == "312.00"


def test_fields_are_made_for_what_is_sent_and_for_what_must_be_there() -> None:
    form = BookingInput(data={"car": "not an id", "notes": "From the station.", "drivers": []})

    assert set(form.fields) == {"car", "start_at", "end_at", "notes", "drivers"}
    assert not form.is_valid()
    assert form.errors.keys() == {"car", "start_at", "end_at"}


def test_without_a_body_every_field_is_there() -> None:
    assert BookingInput().fields.keys() == BookingInput._declared_fields.keys()
