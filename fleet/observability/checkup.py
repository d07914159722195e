"""Questions of the house itself: settings, database, services."""

import socket
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from celery import current_app
from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_redis import get_redis_connection

from fleet.checkup import Check, Finding, broken, ok, warning

OLDEST: Final = 15  # of PostgreSQL
_EXTENSIONS: Final = {"btree_gist", "pg_trgm", "unaccent"}
_FAST: Final = timedelta(seconds=1)
_SKEWED: Final = timedelta(seconds=5)


def settings_are_safe() -> Finding:
    """Ask Django's own checks, for production also those of a deployment."""
    deployed = settings.ENVIRONMENT == "production"
    found = [one for one in run_checks(include_deployment_checks=deployed) if one.level >= WARNING]
    if not found:
        return ok(f"{settings.ENVIRONMENT}, DEBUG {'on' if settings.DEBUG else 'off'}")
    text = f"{len(found)} finding(s), first: {found[0].msg} ({found[0].id})"
    return broken(text, "manage.py check --deploy") if any(one.is_serious() for one in found) else warning(text)


def migrations_are_applied() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not waiting:
        return ok("all applied")
    return broken(f"{len(waiting)} not applied, first: {waiting[0][0]}", "manage.py migrate")


def _rows(statement: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def server_is_recent() -> Finding:
    version = connection.pg_version  # type: ignore[attr-defined]
    text = f"PostgreSQL {version // 10_000}.{version % 10_000}"
    return ok(text) if version // 10_000 >= OLDEST else broken(text, f"upgrade to PostgreSQL {OLDEST} or later")


def extensions_are_there() -> Finding:
    missing = _EXTENSIONS - {name for (name,) in _rows("SELECT extname FROM pg_extension")}
    if not missing:
        return ok(", ".join(sorted(_EXTENSIONS)))
    return broken(f"missing: {', '.join(sorted(missing))}", f"psql -c 'CREATE EXTENSION {min(missing)}'")


def indexes_are_valid() -> Finding:
    """Find what an interrupted CREATE INDEX CONCURRENTLY leaves: paid for, and never used."""
    found = _rows("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1")
    if not found:
        return ok("all valid")
    return warning(f"invalid: {found[0][0]}", f"psql -c 'REINDEX INDEX CONCURRENTLY {found[0][0]}'")


def guards_are_on() -> Finding:
    """Find triggers that somebody switched off: rules of the domain and the finality of the trail hang on them."""
    found = _rows(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D' ORDER BY 2"
    )
    if not found:
        return ok("every trigger is on")
    table, name = found[0]
    return broken(f"{len(found)} off, first: {name}", f"psql -c 'ALTER TABLE {table} ENABLE TRIGGER {name}'")


def clocks_agree() -> Finding:
    with connection.cursor() as cursor:
        before = timezone.now()
        cursor.execute("SELECT clock_timestamp()")
        there = cursor.fetchone()[0]
    here = before + (timezone.now() - before) / 2
    skew = abs(there - here)
    text = f"{skew.total_seconds():.3f} s between here and the database"
    if skew < _FAST:
        return ok(text)
    return (broken if skew > _SKEWED else warning)(text, "timedatectl set-ntp true, on both")


def connections_are_left() -> Finding:
    ((used, most),) = _rows(
        "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int,"
        " current_setting('max_connections')::int"
    )
    text = f"{used} of {most} in use"
    return ok(text) if int(used) < int(most) * 0.8 else warning(text, "fewer workers, or a smaller FLEET_DB_POOL")


def redis_answers() -> Finding:
    for name in settings.CACHES:
        get_redis_connection(name).ping()
    return ok(", ".join(settings.CACHES))


def mail_server_answers() -> Finding:
    options: Any = settings.MAILERS["default"]["OPTIONS"]
    where = f"{options['host']}:{options['port']}"
    try:
        with socket.create_connection((options["host"], options["port"]), timeout=3):
            return ok(where)
    except OSError as error:
        return warning(f"{where} does not answer ({error}); letters wait", "look at SMTP_URL and the mail server")


def workers_answer() -> Finding:
    found = current_app.control.inspect(timeout=1).ping() or {}
    if found:
        return ok(f"{len(found)} answered")
    return warning("none answered; work and letters wait", "celery -A fleet worker")


CONFIG: Mapping[str, Check] = {"settings": settings_are_safe, "migrations": migrations_are_applied}
DATABASE: Mapping[str, Check] = {
    "version": server_is_recent,
    "extensions": extensions_are_there,
    "indexes": indexes_are_valid,
    "guards": guards_are_on,
    "clocks": clocks_agree,
    "connections": connections_are_left,
}
SERVICES: Mapping[str, Check] = {"redis": redis_answers, "mail": mail_server_answers, "workers": workers_answer}
