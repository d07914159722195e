"""One id per request: in the answer, in errors, in logs."""

import json
import logging

import pytest
from django.test import Client

from fleet.observability import request_id
from fleet.observability.logs import JsonFormatter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("claimed", ["abcd1234", "A-b-C-d-1", "x" * 64])
def test_a_well_formed_id_of_the_client_is_kept(claimed: str) -> None:
    assert Client().get("/api/v1/nothing/", HTTP_X_REQUEST_ID=claimed)["X-Request-Id"] == claimed


@pytest.mark.parametrize("claimed", ["", "short", "x" * 65, "with blank", "line\nbreak", "äöüäöüäöü", "<script>alert"])
def test_anything_else_is_replaced(claimed: str) -> None:
    given = Client().get("/api/v1/nothing/", HTTP_X_REQUEST_ID=claimed)["X-Request-Id"]

    assert given != claimed
    assert len(given) == 36


def test_an_error_names_the_same_id_as_its_header() -> None:
    response = Client().get("/api/v1/nothing/")

    assert response.json()["request_id"] == response["X-Request-Id"]


def test_two_requests_have_two_ids() -> None:
    assert len({Client().get("/api/v1/nothing/")["X-Request-Id"] for _ in range(2)}) == 2


def test_log_lines_carry_it() -> None:
    request_id.start("abcd1234")
    record = logging.LogRecord("x", logging.INFO, "", 0, "", None, None)

    assert json.loads(JsonFormatter().format(record))["request_id"] == "abcd1234"
