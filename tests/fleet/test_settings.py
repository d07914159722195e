"""A wrong or missing variable stops the boot in one line that names it and shows no secret."""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

import fleet.settings
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


def manage(*arguments: str, **changed: str | None) -> subprocess.CompletedProcess[str]:
    """Run manage.py with production's variables but for the changed ones."""
    variables = {name: value for name, value in {**PRODUCTION, **changed}.items() if value is not None}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str | None], str]:
    """Read all settings anew with one variable changed, beside those that are in force, and return what is said."""
    monkeypatch.setattr(fleet, "settings", fleet.settings)  # importing rebinds it; this puts it back
    for name in [name for name in sys.modules if name.startswith("fleet.settings")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in os.environ if name.startswith("FLEET_")]:
        monkeypatch.delenv(name)

    def read(name: str, value: str | None) -> str:
        for variable, given in {**PRODUCTION, name: value}.items():
            monkeypatch.delenv(variable, raising=False) if given is None else monkeypatch.setenv(variable, given)
        with pytest.raises(ImproperlyConfigured) as raised:
            importlib.import_module("fleet.settings")
        return str(raised.value)

    return read


def test_production_boots_with_the_required_variables_alone_and_passes_django_s_deployment_checks() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_in_production_a_log_in_is_kept_where_no_neighbour_of_the_domain_can_plant_one() -> None:
    code = "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)"
    for https, said in (("true", "__Host-sessionid __Host-csrftoken"), ("false", "sessionid csrftoken")):
        done = manage("shell", "--no-imports", "-c", code, FLEET_HTTPS=https)
        assert done.stdout.splitlines()[-1:] == [said], done.stderr


def test_manage_py_says_what_is_missing_in_one_line() -> None:
    done = manage("check", DATABASE_URL=None)
    assert done.returncode == 1
    assert done.stderr.startswith("fleet: DATABASE_URL is missing")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["FLEET_SECRET_KEY", "FLEET_ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_a_missing_variable_is_named(name: str, refusal: Callable[[str, str | None], str]) -> None:
    assert refusal(name, None).startswith(f"{name} is missing")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FLEET_ENVIRONMENT", "staging"),
        ("FLEET_DEBUG", "perhaps"),
        ("FLEET_DEBUG", "true"),  # never in production
        ("FLEET_DATABASE_POOL", "-1"),
        ("FLEET_TRUSTED_PROXIES", "many"),
        ("FLEET_FUEL_PRICE", "NaN"),
        ("FLEET_CORS_ORIGINS", "*"),
        ("FLEET_CORS_ORIGINS", "https://a.example.com/path"),
        ("FLEET_CORS_ORIGINS", "https://user@a.example.com"),
        ("FLEET_TIME_ZONE", "Mars/Olympus"),
        ("FLEET_LOG_LEVEL", "LOUD"),
        ("DATABASE_URL", "mysql://fleet:s3cret@127.0.0.1/fleet"),
        ("DATABASE_URL", "postgres://fleet:s3cret@127.0.0.1:port/fleet"),
        ("DATABASE_URL", "postgres://fleet:s3cret@127.0.0.1/"),
        ("DATABASE_REPLICA_URLS", "postgres://fleet:s3cret@one/fleet,mysql://fleet:s3cret@two/fleet"),
        ("DATABASE_REPLICA_URLS", "postgres://fleet:s3cret@127.0.0.1/"),
        ("FLEET_REPLICA_MOST_LAG", "0"),
        ("REDIS_URL", "redis://:s3cret@127.0.0.1/queue"),
        ("SMTP_URL", "https://mail.example.com"),
        ("FLEET_SECRET_KEY", "short"),
        ("FLEET_SECRET_KEY", "local-only-" + "abcdefghijkl" * 6),
        ("FLEET_SECRET_KEY", "change-me-" + "abcdefghijkl" * 6),
        ("FLEET_SECRET_KEY", "x" * 60),
    ],
)
def test_a_wrong_variable_is_named_and_no_secret_is_shown(
    name: str, value: str, refusal: Callable[[str, str | None], str]
) -> None:
    said = refusal(name, value)
    assert said.startswith(f"{name} is wrong")
    assert "s3cret" not in said
    assert "\n" not in said


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
