"""Fixtures that every test may use."""

import fcntl
import gc
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

_TEMPLATE = "fleet_template"
# These wait more than they compute: begun first they have company, and none is left alone at the end. The outages come
# before all: their feed of events waits for the oldest transaction of the cluster, and tests/contract holds one long.
_FIRST = (
    *("tests/faults/test_outages.py", "tests/faults/", "tests/door/"),
    *("tests/fleet/test_bench.py", "tests/contracts/test_answers_that_change.py"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put those first, then files by how much they hold; a file stays together."""
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: (_rank(item.nodeid), -sizes[item.path], item.path))


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what lives as long as the tests do: a twentieth of their time."""
    gc.collect()
    gc.freeze()


def _rank(name: str) -> int:
    return next((number for number, beginning in enumerate(_FIRST) if name.startswith(beginning)), len(_FIRST))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Migrate once into a template; every worker's database is then a copy of files."""
    folder = os.environ.get("FLEET_THROWAWAY")
    if not folder:  # somebody else's server: leave no database behind there
        return
    with django_db_blocker.unblock(), _alone(Path(folder) / "template.lock"):
        _create_template_once()
    connection.settings_dict["TEST"]["TEMPLATE"] = _TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let tests that commit empty the database behind them, which the audit trail refuses everywhere else."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE auditlog_logentry DISABLE TRIGGER audit_entry_is_not_emptied")
        cursor.execute("ALTER TABLE audit_seal DISABLE TRIGGER audit_seal_is_not_emptied")


@pytest.fixture(autouse=True)
def _empty_caches() -> None:
    for name in ("default", "ratelimit"):
        caches[name].clear()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _create_template_once() -> None:
    usual = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE])
        if cursor.fetchone():
            return
        cursor.execute(f"CREATE DATABASE {_TEMPLATE}")
    connection.close()
    connection.settings_dict["NAME"] = _TEMPLATE
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
