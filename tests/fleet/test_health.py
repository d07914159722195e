"""Probes answer without a session, for any host name, and tell nothing that is secret."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def probe() -> Client:
    return Client(headers={"host": "10.1.2.3:8000"})


def test_livez_answers_without_touching_the_database(probe: Client) -> None:
    answer = probe.get("/livez")  # no database mark: a query would fail this test
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_names_every_check_when_all_is_well(probe: Client) -> None:
    answer = probe.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "cache": "ok", "migrations": "ok"}}
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_readyz_says_no_as_long_as_the_company_is_being_planted(probe: Client, settings: Any, tmp_path: Path) -> None:
    settings.HELD_BY = str(tmp_path / "planting")
    Path(settings.HELD_BY).touch()
    held = probe.get("/readyz")
    Path(settings.HELD_BY).unlink()

    assert (held.status_code, held.json()["status"]) == (503, "held")
    assert probe.get("/readyz").status_code == 200
