"""A wrong or missing variable stops the boot in one line that names it and shows no secret."""

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from fleet.settings import env

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "PATH": os.environ["PATH"],
    "FLEET_ENVIRONMENT": "production",
    "FLEET_SECRET_KEY": "k7Jq0pS-wZc2vXb8nM4rT6yU1iO3aD5fG9hL-eB_tR0sW2qE8xV",
    "FLEET_ALLOWED_HOSTS": "fleet.example.com",
    "DATABASE_URL": "postgres://fleet:s3cret@127.0.0.1:1/fleet",
    "REDIS_URL": "redis://:s3cret@127.0.0.1:1/0",
}


def boot(**changed: str | None) -> subprocess.CompletedProcess[str]:
    """Read all settings in a process of its own, with production's variables but for the changed ones."""
    variables = {name: value for name, value in {**PRODUCTION, **changed}.items() if value is not None}
    command = [sys.executable, "manage.py", "diffsettings", "--output", "unified"]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


def test_production_boots_with_the_required_variables_alone() -> None:
    assert boot().returncode == 0


@pytest.mark.parametrize("name", ["FLEET_SECRET_KEY", "FLEET_ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_a_missing_variable_is_named_in_one_line(name: str) -> None:
    done = boot(**{name: None})
    assert done.returncode == 1
    assert done.stderr.startswith(f"fleet: {name} is missing")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FLEET_ENVIRONMENT", "staging"),
        ("FLEET_DEBUG", "perhaps"),
        ("FLEET_DATABASE_POOL", "-1"),
        ("FLEET_TRUSTED_PROXIES", "many"),
        ("FLEET_FUEL_PRICE", "NaN"),
        ("FLEET_TIME_ZONE", "Mars/Olympus"),
        ("FLEET_LOG_LEVEL", "LOUD"),
        ("DATABASE_URL", "mysql://fleet:s3cret@127.0.0.1/fleet"),
        ("DATABASE_URL", "postgres://fleet:s3cret@127.0.0.1:port/fleet"),
        ("DATABASE_URL", "postgres://fleet:s3cret@127.0.0.1/"),
        ("REDIS_URL", "redis://:s3cret@127.0.0.1/queue"),
        ("SMTP_URL", "https://mail.example.com"),
    ],
)
def test_a_wrong_variable_is_named_and_no_password_is_shown(name: str, value: str) -> None:
    done = boot(**{name: value})
    assert done.returncode == 1
    assert done.stderr.startswith(f"fleet: {name} is wrong")
    assert "s3cret" not in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("key", ["short", "local-only-" + "x" * 60, "change-me-" + "x" * 60, "x" * 60])
def test_production_refuses_a_secret_that_is_not_one(key: str) -> None:
    done = boot(FLEET_SECRET_KEY=key)
    assert done.returncode == 1
    assert done.stderr.startswith("fleet: FLEET_SECRET_KEY is wrong")


def test_production_refuses_debug_mode() -> None:
    assert boot(FLEET_DEBUG="true").stderr.startswith("fleet: FLEET_DEBUG is wrong")


def test_production_passes_django_s_deployment_checks() -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=PRODUCTION, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_whole_number_outside_its_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_X", "11")
    with pytest.raises(ImproperlyConfigured, match=r"FLEET_X is wrong: expected a whole number from 1 to 10, got '11'"):
        env.whole("FLEET_X", least=1, most=10)


def test_an_empty_variable_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_X", "")
    assert env.decimal("FLEET_X", "1.60") == Decimal("1.60")


def test_a_list_ignores_blanks_between_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_X", " a.example.com, ,b.example.com ,")
    assert env.items("FLEET_X") == ["a.example.com", "b.example.com"]
