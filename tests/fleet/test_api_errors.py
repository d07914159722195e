"""Every exception leaves as problem+json with a stable code, and says nothing about our insides."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.http import Http404
from django.test import Client
from django_ratelimit.exceptions import Ratelimited
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.test import APIClient

from cars.models import Branch
from fleet.errors import DomainError, Invalid, NotFound, Stale
from tests.factories.accounts import client_as
from tests.fleet.world import RaiseView

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.fleet.world")]


def raised(error: Exception) -> Any:
    RaiseView.error = error
    response = APIClient().get("/api/v1/raise/")
    assert response["Content-Type"] == "application/problem+json"
    return response


def test_a_problem_has_every_member_of_the_standard_and_the_request_id() -> None:
    RaiseView.error = DomainError("The car is taken.", code="occupied", car="c1")

    response = APIClient().get("/api/v1/raise/", HTTP_X_REQUEST_ID="shop-12345678")

    assert response.json() == {
        "type": "urn:fleet:problem:occupied",
        "title": "Conflict",
        "status": 409,
        "detail": "The car is taken.",
        "instance": "/api/v1/raise/",
        "code": "occupied",
        "request_id": "shop-12345678",
        "errors": [],
        "car": "c1",
    }


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (DomainError(), 409, "domain_error"),
        (NotFound(), 404, "not_found"),
        (Stale(), 412, "stale"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "not_allowed"),
        (Ratelimited(), 429, "too_many_requests"),
        (DataError("numeric field overflow"), 422, "invalid"),
        (PoolTimeout("no connection"), 503, "busy"),
        (InterfaceError("connection already closed"), 503, "busy"),
        (OperationalError("server closed the connection"), 503, "busy"),
        (exceptions.Throttled(wait=30), 429, "too_many_requests"),
        (exceptions.UnsupportedMediaType("text/xml"), 415, "unsupported_media_type"),
        (exceptions.ParseError("bad"), 400, "malformed"),
        (exceptions.MethodNotAllowed("GET"), 405, "method_not_allowed"),
    ],
)
def test_each_kind_of_error_has_its_status_and_code(error: Exception, status: int, code: str) -> None:
    response = raised(error)

    assert (response.status_code, response.json()["code"], response.json()["status"]) == (status, code, status)


@pytest.mark.parametrize("error", [Ratelimited(), exceptions.Throttled(wait=30), PoolTimeout("none")])
def test_who_should_come_back_is_told_when(error: Exception) -> None:
    assert int(raised(error)["Retry-After"]) >= 1


def test_nested_validation_errors_become_json_pointers() -> None:
    error = exceptions.ValidationError({"a": ["one"], "b/c": {"d": ["two"]}, "list": [{}, {"x": ["three"]}]})

    body = raised(error).json()

    pointers = {one["pointer"]: one["detail"] for one in body["errors"]}
    assert pointers == {"/a": "one", "/b~1c/d": "two", "/list/1/x": "three"}


def test_a_models_own_validation_keeps_its_codes() -> None:
    error = ModelValidationError({"code": ModelValidationError("Too short.", code="short")})

    assert raised(error).json()["errors"] == [{"pointer": "/code", "code": "short", "detail": "Too short."}]


def test_an_invalid_input_names_its_fields() -> None:
    body = raised(Invalid(end_at="The end lies before the start.")).json()

    assert body["status"] == 422
    assert body["errors"][0]["pointer"] == "/end_at"


def test_a_clash_with_a_named_constraint_uses_its_message() -> None:
    Branch.objects.create(code="sa", name="Sarajevo")

    response = client_as("manager").post("/api/v1/branches/", {"code": "sa", "name": "Again"})

    body = response.json()
    assert (response.status_code, body["code"]) == (409, "code_taken")
    assert body["detail"] == "There is already a branch with this code."
    assert body["errors"][0]["pointer"] == "/code"


def test_a_lock_that_is_not_granted_says_try_again() -> None:
    with pytest.raises(OperationalError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '55P03'; END $$")

    assert raised(caught.value).json()["code"] == "busy"


def test_a_clash_without_a_name_of_ours_shows_no_sql() -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE t (a int UNIQUE); INSERT INTO t VALUES (1), (1)")

    body = raised(caught.value).json()
    assert (body["status"], body["code"]) == (409, "a_taken")
    assert body["errors"][0]["pointer"] == "/a"
    assert "t_a_key" not in json.dumps(body)


def test_a_defect_is_a_500_without_internals(caplog: pytest.LogCaptureFixture) -> None:
    RaiseView.error = RuntimeError("a secret detail")

    response = APIClient(raise_request_exception=False).get("/api/v1/raise/")

    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "internal_error"
    assert "secret" not in response.content.decode()
    assert "a secret detail" in caplog.text


def test_an_unknown_path_of_the_api_is_problem_json() -> None:
    response = Client().get("/api/v1/nothing/")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["code"] == "not_found"


def test_a_refused_host_is_problem_json() -> None:
    response = Client().get("/api/v1/branches/", HTTP_HOST="evil.example")

    assert (response.status_code, response.json()["code"]) == (400, "malformed")
