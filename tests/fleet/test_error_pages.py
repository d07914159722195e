"""Pages for what went wrong: in words, with the number of the request, without a database."""

from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path

from fleet.errors import DomainError, NotAllowed, NotFound
from fleet.urls import handler400, handler403, handler404, handler500
from fleet.urls import urlpatterns as real
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
RAISED: dict[str, Exception] = {
    "bad": BadRequest(),
    "denied": PermissionDenied(),
    "not-allowed": NotAllowed(),
    "gone": NotFound(),
    "clash": DomainError("The car is taken."),
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
