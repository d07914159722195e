"""What strangers meet first: other origins, unknown hosts, redirects, headers."""

import pytest
from django.test import Client
from pytest_django import Settings

PAGE = "https://booking.example.com"
PATH = "/api/v1/cars/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def allowed(settings: Settings) -> None:
    settings.CORS_ORIGINS = [PAGE]


def test_no_other_origin_may_ask_unless_it_is_named() -> None:
    answer = Client().get(PATH, headers={"origin": PAGE})
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_a_named_origin_sees_the_answer_and_the_headers_that_matter(allowed: None) -> None:
    answer = Client().get(PATH, headers={"origin": PAGE})
    assert answer["Access-Control-Allow-Origin"] == PAGE
    shown = set(answer["Access-Control-Expose-Headers"].split(", "))
    assert {"ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"} <= shown
    assert "Origin" in answer["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer


def test_a_named_origin_may_ask_first_without_a_credential(allowed: None) -> None:
    asked = {"origin": PAGE, "access-control-request-method": "PATCH"}
    answer = Client().options(PATH, headers=asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "PATCH" in answer["Access-Control-Allow-Methods"]
    assert {"Authorization", "If-Match", "Idempotency-Key"} <= set(answer["Access-Control-Allow-Headers"].split(", "))


@pytest.mark.parametrize("origin", ["https://evil.example.com", f"{PAGE}.evil.com", f"{PAGE}:444", "null", ""])
def test_every_other_origin_stays_outside(allowed: None, origin: str) -> None:
    asked = {"origin": origin, "access-control-request-method": "GET"}
    answers = [Client().get(PATH, headers=asked), Client().options(PATH, headers=asked)]
    assert not [answer for answer in answers if answer.has_header("Access-Control-Allow-Origin")]
    assert all("Origin" in answer["Vary"] for answer in answers)


def test_pages_behind_cookies_are_open_to_nobody_else(allowed: None) -> None:
    answer = Client().get("/admin/login/", headers={"origin": PAGE})
    assert not answer.has_header("Access-Control-Allow-Origin")


@pytest.mark.parametrize("host", ["evil.example.com", "fleet.example.com.evil.com", "a b", ""])
def test_a_host_that_is_not_ours_is_refused(host: str) -> None:
    answer = Client(headers={"host": host}).get(PATH)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_production_redirects_to_tls_and_insists_on_it(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    plain, safe = Client().get(PATH), Client().get(PATH, secure=True)
    assert (plain.status_code, plain["Location"]) == (301, f"https://testserver{PATH}")
    assert safe["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("path", [PATH, "/admin/login/"])
def test_every_answer_bears_the_headers_that_bind_browsers(path: str) -> None:
    answer = Client().get(path)
    assert (answer["X-Content-Type-Options"], answer["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
