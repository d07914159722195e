"""Pages for what went wrong: in words, with the number of the request, without a database."""

import json
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from django_ratelimit.exceptions import Ratelimited
from psycopg_pool import PoolTimeout

from fleet.api.pages import page
from fleet.api.problems import Problem
from fleet.errors import DomainError, NotAllowed, NotFound, Stale
from fleet.refusals import refused
from fleet.urls import handler400, handler403, handler404, handler500
from fleet.urls import urlpatterns as real
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def _caused(error: Exception, *, by: Exception) -> Exception:
    error.__cause__ = by
    return error


RAISED: dict[str, Exception] = {
    "bad": BadRequest(),
    "denied": PermissionDenied(),
    "not-allowed": NotAllowed(),
    "gone": NotFound(),
    "clash": DomainError("The car is taken."),
    "changed": Stale(),
    "large": RequestDataTooBig(),
    "often": Ratelimited(),
    "busy": _caused(OperationalError(), by=PoolTimeout()),
    "crash": RuntimeError("secret detail"),
}


def raising(request: HttpRequest, what: str) -> HttpResponse:
    raise RAISED[what]


urlpatterns: list[Any] = [path("raise/<slug:what>/", raising), *real]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def answer(address: str) -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        return Client(raise_request_exception=False).get(address, headers={"X-Request-Id": "number-of-this-one"})


@pytest.mark.parametrize(
    ("what", "status", "words"),
    [
        ("bad", 400, "makes no sense"),
        ("denied", 403, "You may not do this"),
        ("not-allowed", 403, "You may not do this"),
        ("gone", 404, "There is nothing here"),
        ("clash", 409, "The car is taken."),
        ("changed", 412, "changed"),
        ("large", 413, "too much at once"),
        ("often", 429, "Too often in a short time"),
        ("busy", 503, "Fleet is busy"),
        ("crash", 500, "broke on our side"),
    ],
)
def test_a_page_says_what_happened_and_carries_the_requests_number(what: str, status: int, words: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = answer(f"/raise/{what}/")
    said = page.content.decode()
    assert (page.status_code, words in said, "number-of-this-one" in said, len(queries)) == (status, True, True, 0)
    assert "secret detail" not in said


def test_an_address_that_does_not_exist_has_a_page() -> None:
    page = answer("/nothing/")
    assert (page.status_code, "There is nothing here" in page.content.decode()) == (404, True)


def test_a_row_that_does_not_exist_has_a_page_and_does_not_lead_home() -> None:
    client = Client()
    client.force_login(UserFactory(role="manager"))
    page = client.get("/admin/cars/car/01a20ff3-284a-7780-a93c-d4af1128331a/change/")
    assert (page.status_code, "There is nothing here" in page.content.decode()) == (404, True)


def test_an_old_form_is_explained() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(role="manager"))
    page = client.post("/admin/notices/seen/")
    assert (page.status_code, "open for too long" in page.content.decode()) == (403, True)


def test_programs_get_their_problem_as_before() -> None:
    assert answer("/api/v1/nothing/")["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("address", "roles"),
    [
        ("/admin/accounts/user/add/", "admin."),  # a page of a model
        ("/admin/reports/", "admin, manager"),  # a page of ours
    ],
)
def test_who_may_not_is_told_which_roles_may(address: str, roles: str) -> None:
    client = Client()
    client.force_login(UserFactory(role="viewer" if "user" in address else "integrator", is_staff=True))
    page = client.get(address, headers={"Host": "testserver", "Referer": "http://testserver/admin/cars/car/"})
    assert (page.status_code, f"These roles do: {roles}" in page.content.decode()) == (403, True)
    assert 'href="/admin/cars/car/"' in page.content.decode()


def test_a_link_back_never_leads_elsewhere() -> None:
    with override_settings(ROOT_URLCONF=__name__):
        page = Client().get("/raise/denied/", headers={"Host": "testserver", "Referer": "https://evil.example/x"})
    assert "evil" not in page.content.decode()


def test_a_path_that_looks_like_another_host_is_a_link_to_ours() -> None:
    request = RequestFactory().get("/", headers={"Host": "testserver", "Referer": "http://testserver//evil.example/x"})
    request.path = "//evil.example/y"
    shown = page(request, 503).content.decode()
    assert ('"//evil' in shown, 'href="/evil.example/y"' in shown) == (False, True)


def test_what_was_sent_is_not_sent_again_by_itself_while_fleet_is_busy() -> None:
    asked = answer("/raise/busy/")
    with override_settings(ROOT_URLCONF=__name__):
        sent = Client(raise_request_exception=False).post("/raise/busy/")
    assert ("refresh" in asked.content.decode(), "refresh" in sent.content.decode()) == (True, False)


def test_the_door_tells_people_in_their_language_and_programs_in_json() -> None:
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/admin/cars/car/add/",
        "raw_path": b"/admin/cars/car/add/",
        "query_string": b"",
        "headers": [(b"host", b"testserver"), (b"accept", b"text/html"), (b"accept-language", b"bs")],
        "http_version": "1.1",
        "scheme": "http",
    }
    too_large = Problem(413, "too_large", "The request's body is larger than this server accepts.")
    page, problem = (
        refused(scope, too_large),
        refused({**scope, "path": "/api/v1/cars/", "raw_path": b"/api/v1/cars/"}, too_large),
    )
    assert (page.status, "previše odjednom" in page.body.decode()) == (413, True)
    assert json.loads(problem.body)["code"] == "too_large"
