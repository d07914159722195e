"""Probes: /livez says the process answers, /readyz that it can work.

A middleware in the first place and not a view: probes name hosts that are not ours, carry no session and are no
reason to redirect to HTTPS.
"""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from fleet import counters

_logger = logging.getLogger(__name__)
# Without Redis everything still answers: taking every instance out of service would be the outage.
_DISPENSABLE: Final = frozenset({"cache"})
_seen = {"migrated": False}  # once applied, migrations stay applied as long as this process runs


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/livez":
            return _answer(200, {"status": "ok"})
        if request.path == "/readyz":
            return _ready()
        return self.get_response(request)


def _ready() -> HttpResponse:
    if settings.HELD_BY and Path(settings.HELD_BY).exists():
        return _answer(503, {"status": "held", "checks": {}})
    checks = {name: _passes(name, check) for name, check in CHECKS.items()}
    able = all(passes for name, passes in checks.items() if name not in _DISPENSABLE)
    body = {
        "status": "ok" if all(checks.values()) else "degraded" if able else "unavailable",
        "checks": {k: "ok" if v else "failed" for k, v in checks.items()},
    }
    return _answer(200 if able else 503, body)


def _passes(name: str, check: Callable[[], bool]) -> bool:
    """Run one check; the reason goes to the log, since an answer could carry addresses and accounts."""
    try:
        return check()
    except (DatabaseError, RedisError, OSError) as error:
        _logger.warning("not ready: %s: %s", name, error)
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _cache() -> bool:
    return not counters.away() and bool(get_redis_connection("default").ping())


def _migrations() -> bool:
    if not _seen["migrated"]:
        executor = MigrationExecutor(connection)
        _seen["migrated"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _seen["migrated"]


def _answer(status: int, body: Mapping[str, object]) -> HttpResponse:
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response


CHECKS: dict[str, Callable[[], bool]] = {"database": _database, "cache": _cache, "migrations": _migrations}
