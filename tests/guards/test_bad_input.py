"""Whatever is sent, to whatever address: an answer, never a crash."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from fleet.api.filters import list_parameters
from fleet.api.permissions import ANYONE
from tests.factories.accounts import client_as
from tests.guards import world
from tests.guards.house import NOBODY, Endpoint, endpoints
from tests.guards.test_permissions import wanted

VALUES: dict[str, Any] = {
    "nothing": None,
    "an object": {"a": {"b": []}},
    "a negative number": -1,
    "a huge number": 10**30,
    "a long text": "x" * 100_000,
    "NUL": "a\x00b",
    "half a surrogate pair": "\ud800",
    "the end of time": "9999-12-31T23:59:59Z",
    "an id of nothing": NOBODY,
}
QUERIES: dict[str, str] = {
    "NUL and an emoji": "a\x00💥",
    "a huge number": "9" * 30,
    "the end of time": "9999-12-31T23:59:59-23:59",
}


@pytest.fixture
def boss(planted: None) -> APIClient:
    client = client_as("admin")
    client.raise_request_exception = False
    client.credentials(**client._credentials, HTTP_IF_MATCH="*")
    return client


def test_the_world_has_one_of_everything_that_is_in_the_trail(planted: None) -> None:
    assert world.empty_models() <= {"accounts.TokenSession"}


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_of_the_wrong_kind_is_answered_in_every_field(boss: APIClient, kind: str) -> None:
    crashed = {}
    for endpoint in _writers():
        body = json.dumps(dict.fromkeys(_fields(endpoint), VALUES[kind]))
        with transaction.atomic():
            send = getattr(boss, endpoint.method)
            status = _status(send(_address(endpoint), body, content_type="application/json"))
            transaction.set_rollback(True)
        if status >= 500:
            crashed[str(endpoint)] = status
    assert crashed == {}


@pytest.mark.parametrize("kind", QUERIES)
def test_a_query_of_the_wrong_kind_is_answered(boss: APIClient, kind: str) -> None:
    crashed = {}
    for endpoint in endpoints():
        for name in _parameters(endpoint) if endpoint.method == "get" else ():
            status = _status(boss.get(_address(endpoint), {name: QUERIES[kind]}))
            if status >= 500:
                crashed[f"{endpoint}?{name}="] = status
    assert crashed == {}


def test_everything_can_be_read(boss: APIClient) -> None:
    reads = [endpoint for endpoint in endpoints() if endpoint.method == "get"]
    answers = {str(endpoint): _status(boss.get(_address(endpoint))) for endpoint in reads}
    assert {name: status for name, status in answers.items() if status not in (200, 400, 404)} == {}


def _status(answer: Any) -> int:
    """Return the status; a file is closed when it is read to its end."""
    if answer.streaming:
        answer.getvalue()
    return int(answer.status_code)


def _writers() -> Iterator[Endpoint]:
    for endpoint in endpoints():
        ends_the_log_in = "/auth/" in endpoint.nowhere and wanted(endpoint) != ANYONE
        if endpoint.method in ("post", "put", "patch") and not ends_the_log_in:
            yield endpoint


def _address(endpoint: Endpoint) -> str:
    """Return the path of a row that is there, as far as there is one."""
    queryset = getattr(endpoint.view, "queryset", None)
    row = world.one_of(queryset.model) if queryset is not None and endpoint.is_about_one else None
    return endpoint.path(row.pk) if row else endpoint.nowhere


def _fields(endpoint: Endpoint) -> list[str]:
    inputs = getattr(endpoint.view, "inputs", {})
    serializer = inputs.get(endpoint.action) or getattr(endpoint.view, "serializer_class", None)
    if serializer is None or (endpoint.action not in inputs and endpoint.action not in _MODEL_ACTIONS):
        return []
    return [name for name, field in serializer(context={"request": None}).fields.items() if not field.read_only]


_MODEL_ACTIONS = ("create", "update", "partial_update")


def _parameters(endpoint: Endpoint) -> set[str]:
    declared = set(getattr(endpoint.view, "parameters", {}).get(endpoint.action, ()))
    return declared | list_parameters(endpoint.view) if endpoint.action == "list" else declared
