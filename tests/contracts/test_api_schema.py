"""What the OpenAPI document says of contracts is what the API answers."""

import json
from typing import Any

import jsonschema
import pytest
from django.test import Client

from tests.contracts.api import CONTRACTS, Desk, booking
from tests.factories import contracts as given
from tests.factories.contracts import END, START

pytestmark = pytest.mark.django_db
AVAILABILITY = "/api/v1/cars/availability/"


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(Client().get("/api/v1/schema/").content)


def valid(document: Any, path: str, method: str, response: Any) -> None:
    """Raise unless the answer is what the document promises of this operation."""
    operation = document["paths"][path][method]
    media = response["Content-Type"].partition(";")[0]
    answer = operation["responses"][str(response.status_code)]
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer["content"][media]["schema"]
    jsonschema.validate(response.json(), {**schema, "components": document["components"]})


@pytest.mark.parametrize("role", ["manager", "viewer", "integrator"])
def test_contracts_are_answered_as_documented(document: Any, role: str) -> None:
    desk = Desk(role)
    contract = given.closed(by=given.manager())
    contract.created_by = desk.user
    contract.save()

    valid(document, CONTRACTS, "get", desk.get(""))
    valid(document, f"{CONTRACTS}{{id}}/", "get", desk.get(contract))


def test_bookings_refusals_and_quotes_are_answered_as_documented(document: Any) -> None:
    desk, body = Desk(), booking(given.rentable_car())
    given.ExtraFactory(code="seat")

    valid(document, f"{CONTRACTS}quote/", "post", desk.post("quote/", {**body, "extras": [{"extra": "seat"}]}))
    valid(document, CONTRACTS, "post", desk.post("", body))
    valid(document, CONTRACTS, "post", desk.post("", body))
    valid(document, CONTRACTS, "post", desk.post("", {"car": "x"}))


def test_a_search_is_answered_as_documented(document: Any) -> None:
    desk = Desk()
    given.booked(by=desk.user, car=given.rentable_car())
    given.rentable_car()
    span = {"start": START.isoformat(), "end": END.isoformat(), "explain": "true"}

    valid(document, AVAILABILITY, "get", desk.get(AVAILABILITY, span))


def test_the_parameters_of_a_search_are_typed(document: Any) -> None:
    found = {one["name"]: one for one in document["paths"][AVAILABILITY]["get"]["parameters"]}

    assert {name for name, one in found.items() if one.get("required")} == {"start", "end"}
    assert found["start"]["schema"]["format"] == "date-time"
    assert found["seats_min"]["schema"]["maximum"] == 20


@pytest.mark.parametrize(
    ("path", "part"),
    [
        (CONTRACTS, "requestBody"),
        (f"{CONTRACTS}quote/", "requestBody"),
        (f"{CONTRACTS}{{id}}/check-out/", "requestBody"),
        (f"{CONTRACTS}{{id}}/check-in/", "requestBody"),
    ],
)
def test_requests_have_examples_that_the_document_allows(document: Any, path: str, part: str) -> None:
    content = document["paths"][path]["post"][part]["content"]["application/json"]

    for example in content["examples"].values():
        jsonschema.validate(example["value"], {**content["schema"], "components": document["components"]})


@pytest.mark.parametrize("step", ["", "{id}/confirm/", "{id}/check-out/", "{id}/extend/", "{id}/swap/"])
def test_a_refusal_of_the_gate_has_an_example_with_reasons(document: Any, step: str) -> None:
    refused = document["paths"][f"{CONTRACTS}{step}"]["post"]["responses"]["409"]
    (example,) = refused["content"]["application/problem+json"]["examples"].values()

    assert example["value"]["refusals"][0]["code"] == "occupied"
