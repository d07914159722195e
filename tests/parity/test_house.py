"""Health, the page of the API; and what the whole house no longer does badly."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_redis import get_redis_connection
from rest_framework.test import APIClient

from tests.contracts.desk import client_in
from tests.factories import contracts as given
from tests.factories.accounts import client_as
from tests.factories.cars import CarFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("path", "said"), [("/livez", '"ok"'), ("/readyz", '"database"'), ("/metrics", "django_http")])
def test_health(path: str, said: str, settings: Any) -> None:
    settings.METRICS_TOKEN = "t0ken"
    answer = Client().get(path, headers={"authorization": "Bearer t0ken"})

    assert answer.status_code == 200
    assert said in answer.content.decode()


def test_route_list() -> None:
    paths = json.loads(Client().get("/api/v1/schema/").content)["paths"]

    assert {"/api/v1/cars/", "/api/v1/contracts/{id}/check-out/", "/api/v1/countries/"} <= set(paths)


def test_api_page() -> None:
    page = Client().get("/api/v1/docs/")

    assert page.status_code == 200
    assert b"swagger" in page.content.lower()


@pytest.mark.parametrize("path", ["cars", "customers", "contracts", "users", "notifications", "documents", "audit"])
def test_strangers_read_nothing(path: str) -> None:
    answer = APIClient().get(f"/api/v1/{path}/")

    assert (answer.status_code, answer["WWW-Authenticate"][:6]) == (401, "Bearer")


def test_the_cache_is_used_and_a_write_shows_at_once() -> None:
    client, car = client_as("manager"), CarFactory()
    path = f"/api/v1/cars/{car.pk}/"

    tag = client.get(path)["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    client.patch(path, {"color": "green"}, headers={"If-Match": "*"})

    assert client.get(path, headers={"If-None-Match": tag}).json()["color"] == "green"


def test_rate_limits_are_shared_by_all_processes(settings: Any) -> None:
    """What is counted lies in Redis, where every process finds it."""
    with get_redis_connection("ratelimit") as shared:
        shared.flushdb()
    APIClient().post("/api/v1/auth/token/", {"username": "nobody", "password": "wrong"})

    with get_redis_connection("ratelimit") as shared:
        assert shared.dbsize() > 0


def test_a_read_joins_few_tables() -> None:
    contract = given.active(by=given.manager())
    client = client_as("manager")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(f"/api/v1/contracts/{contract.pk}/")

    assert max(one["sql"].count(" JOIN ") for one in asked.captured_queries) < 11


def test_the_start_page_shows_no_invented_number() -> None:
    """In an empty house every number is nought, and one car that is free is one."""
    browser, _ = client_in("manager")
    nothing = numbers(browser.get("/admin/").content.decode())
    CarFactory(rentable=True)

    assert nothing
    assert {re.sub(r"\D", "", one) for one in nothing} <= {"0", ""}
    assert "1" in numbers(browser.get("/admin/").content.decode())


def numbers(page: str) -> list[str]:
    return re.findall(r'class="fleet-tile[^"]*"[^>]*><strong>(.*?)</strong>', page)
