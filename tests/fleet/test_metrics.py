"""/metrics is closed without a token and counts what was answered."""

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def token(settings: Settings) -> str:
    settings.METRICS_TOKEN = "t0ken"
    return "t0ken"


@pytest.mark.django_db
def test_without_a_configured_token_there_is_no_such_page(client: Client) -> None:
    assert client.get("/metrics").status_code == 404


def test_a_wrong_token_is_refused(client: Client, token: str) -> None:
    answer = client.get("/metrics", headers={"authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.django_db
def test_the_right_token_reads_the_counters(client: Client, token: str) -> None:
    answer = client.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "django_http_requests_latency_seconds_by_view_method" in answer.content.decode()
