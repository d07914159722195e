"""Lists: keyset pages that lose and repeat nothing, strict parameters, sorting, filtering."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from cars.models import Branch
from fleet.api.pagination import encode
from tests.factories.accounts import client_as

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.fleet.world")]
LIST = "/api/v1/branches/"


@pytest.fixture
def client() -> APIClient:
    return client_as("viewer")


def walked(client: APIClient, **query: Any) -> list[str]:
    """Return the codes of every page, in order."""
    codes: list[str] = []
    while True:
        body = client.get(LIST, query).json()
        codes += [row["code"] for row in body["data"]]
        if not body["has_more"]:
            assert body["next_cursor"] is None
            return codes
        query["cursor"] = body["next_cursor"]


def branches(**phones: str) -> None:
    for code, phone in phones.items():
        Branch.objects.create(code=code, name="Same name", phone=phone)


def test_an_empty_list_has_no_next_page(client: APIClient) -> None:
    response = client.get(LIST)

    assert response.json() == {"data": [], "has_more": False, "next_cursor": None}
    assert not response.has_header("Link")


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("code", "abcdefg"),
        ("-code", "gfedcba"),
        ("phone,code", "bdegacf"),  # NULLs last
        ("-phone,code", "acfegbd"),  # NULLs first
        ("phone,-code", "dbgefca"),
        ("-phone,-code", "fcagedb"),
        ("name,-phone,code", "acfegbd"),
    ],
)
def test_pages_are_complete_and_in_order_also_over_nulls(
    client: APIClient, sort: str, expected: str, limit: int
) -> None:
    branches(a="", b="1", c="", d="1", e="2", f="", g="2")

    assert "".join(walked(client, sort=sort, limit=limit)) == expected


def test_rows_that_arrive_between_pages_shift_nothing(client: APIClient) -> None:
    branches(b="", d="", f="")
    first = client.get(LIST, {"sort": "code", "limit": 2}).json()
    branches(a="", c="", e="")

    second = client.get(LIST, {"sort": "code", "limit": 2, "cursor": first["next_cursor"]}).json()

    assert [row["code"] for row in second["data"]] == ["e", "f"]


def test_the_link_header_leads_to_the_next_page_with_the_same_filters(client: APIClient) -> None:
    branches(a="", b="")

    response = client.get(LIST, {"limit": 1, "is_active": "true"})

    url, _, relation = response["Link"].partition("; ")
    query = parse_qs(urlsplit(url.strip("<>")).query)
    assert relation == 'rel="next"'
    assert query["is_active"] == ["true"]
    assert query["cursor"] == [response.json()["next_cursor"]]


def test_a_page_costs_one_query_however_deep(client: APIClient) -> None:
    branches(**dict.fromkeys("abcdef", ""))
    cursor = client.get(LIST, {"limit": 4}).json()["next_cursor"]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(LIST, {"limit": 1, "cursor": cursor})

    assert len(queries) == 2  # log-in with permissions, page


@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten", "1.5", "", "9" * 30, "²"])
def test_a_limit_outside_its_bounds_is_refused(client: APIClient, limit: str) -> None:
    response = client.get(LIST, {"limit": limit})

    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")
    assert response.json()["parameter"] == "limit"


def forged(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "äöü",
        "%00",
        forged([]),
        forged({"s": "code,id"}),
        forged({"s": "code,id", "v": ["a"]}),
        forged({"s": "code,id", "v": ["a", "not an id"]}),
        forged({"s": "code,id", "v": [{"a": 1}, None]}),
        forged({"s": "code,id", "v": ["a\x00", None]}),
        forged({"s": "-code,-id", "v": ["a", "019ab1c4-7d1e-7000-8000-000000000000"]}),
        forged({"s": "password", "v": ["a"]}),
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(client: APIClient, cursor: str) -> None:
    response = client.get(LIST, {"cursor": cursor, "sort": "code"})

    assert (response.status_code, response.json()["parameter"]) == (400, "cursor")


def test_a_cursor_of_another_order_is_refused(client: APIClient) -> None:
    branches(a="", b="")
    cursor = client.get(LIST, {"limit": 1, "sort": "code"}).json()["next_cursor"]

    assert client.get(LIST, {"limit": 1, "sort": "-code", "cursor": cursor}).status_code == 400


def test_a_cursor_follows_relations_and_mappings() -> None:
    row = {"car__plate": "A", "id": 7}

    assert encode(("car__plate", "-id"), row) == forged_compact({"s": "car__plate,-id", "v": ["A", 7]})


def forged_compact(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")


def test_an_unknown_parameter_is_named_with_the_known_ones(client: APIClient) -> None:
    response = client.get(LIST, {"colour": "red"})

    body = response.json()
    assert (response.status_code, body["code"], body["parameter"]) == (400, "unknown_parameter", "colour")
    assert body["known"] == ["code", "created_after", "cursor", "filter", "id", "is_active", "limit", "sort"]


def test_an_unknown_parameter_is_refused_on_single_objects_and_actions_too(client: APIClient) -> None:
    branches(a="")
    address = f"{LIST}{Branch.objects.get().pk}/"

    assert client.get(address, {"expand": "cars"}).status_code == 400
    assert client_as("manager").post(f"{address}close/?why=x").status_code == 400
    assert client_as("manager").post(f"{address}close/?reason=x").status_code == 200


@pytest.mark.parametrize("sort", ["colour", "code,code", "-", "code,", "password", "--code", "code;drop"])
def test_a_sort_that_is_not_offered_is_refused(client: APIClient, sort: str) -> None:
    response = client.get(LIST, {"sort": sort})

    assert (response.status_code, response.json()["parameter"]) == (400, "sort")


@pytest.mark.parametrize(
    "query",
    [
        {"is_active": "perhaps"},
        {"id": "not-an-id"},
        {"created_after": "2026-01-01T00:00:00"},
        {"created_after": "soon"},
        {"code": "a\x00b"},
    ],
)
def test_a_filter_with_a_wrong_value_is_named(client: APIClient, query: dict[str, str]) -> None:
    response = client.get(LIST, query)

    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")
    assert next(iter(query)) in json.dumps(response.json())


def test_filters_narrow_the_list(client: APIClient) -> None:
    branches(a="", b="")
    Branch.objects.filter(code="b").update(is_active=False)

    assert walked(client, is_active="true") == ["a"]
    assert walked(client, is_active="0") == ["b"]
    assert walked(client, code="b") == ["b"]


def test_an_offset_whose_plus_was_not_escaped_is_understood(client: APIClient) -> None:
    branches(a="")

    response = client.get(f"{LIST}?created_after=2020-01-01T00:00:00+01:00")

    assert [row["code"] for row in response.json()["data"]] == ["a"]


@pytest.mark.parametrize("query", ["limit=1&limit=2", "sort=code&sort=name", "code=a&code=b"])
def test_what_is_asked_for_twice_is_refused(client: APIClient, query: str) -> None:
    response = client.get(f"{LIST}?{query}")

    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")
