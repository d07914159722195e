"""Read replicas: which of them answer, how far behind they are, and what somebody who has just written may read.

A position in the write-ahead log (LSN) is a number that only grows. After a request that may have written, the
primary's position is kept for its identity in Redis; a replica that has not replayed so far is not asked for that
identity. Without Redis nobody knows who has just written, so everybody reads from the primary.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.http import HttpRequest, HttpResponse

from fleet import actor, counters

GONE = (DatabaseError, InterfaceError)  # what a server that is not there any more raises
_logger = logging.getLogger(__name__)

_REMEMBERED_SECONDS: Final = 60  # longer than any lag at which a replica is still asked
_AVOIDED_SECONDS: Final = 5.0  # after a failure; so an outage costs one request in so many seconds a try
_PRIMARY_SECONDS: Final = 1.0  # how old our knowledge of the primary's position may be
_avoided: dict[str, float] = {}  # alias → until when (monotonic)
_primary: dict[str, tuple[float, int]] = {}  # "position" → (asked at, position)
_blind = {"until": 0.0}  # Redis was away: writes of that time are not remembered
_turn = {"number": 0}

# Bytes since the log began; the insert position also covers commits that wait for their flush.
_PRIMARY_POSITION = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
_STATE = """
SELECT pg_is_in_recovery(), pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint,
       extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8
"""


@dataclass(frozen=True)
class State:
    """What one replica says of itself; `position` and `behind` are bytes of WAL."""

    alias: str
    problem: str = ""  # unreachable | not_a_replica | lagging
    position: int = 0
    behind: int = 0
    lag_seconds: float = 0.0

    @property
    def usable(self) -> bool:
        return not self.problem


def aliases() -> list[str]:
    return [alias for alias in connections.settings if alias.startswith(settings.REPLICA_PREFIX)]


def choose(identity: Any = None) -> str | None:
    """Return a replica that answers and is recent enough for who asks; None means the primary."""
    names = [alias for alias in aliases() if _avoided.get(alias, 0.0) <= time.monotonic()]
    if not names:
        return None
    least = _written(identity)
    if least is None:
        return None
    _turn["number"] += 1
    first = _turn["number"] % len(names)
    for alias in (*names[first:], *names[:first]):
        seen = state(alias)
        if seen.usable and seen.position >= least:
            return alias
        if seen.problem:
            avoid(alias, seen.problem)
    return None


def state(alias: str) -> State:
    """Ask one replica, on the connection that the caller would use afterwards."""
    try:
        primary = _position()
        with connections[alias].cursor() as cursor:
            cursor.execute(_STATE)
            in_recovery, position, age = cursor.fetchone()
    except GONE as error:
        _logger.warning("replica %s cannot be asked: %s", alias, error)
        close(alias)
        return State(alias, "unreachable")
    if not in_recovery or position is None:
        return State(alias, "not_a_replica")
    # Nothing has happened on the primary since: then the age of the last transaction is no lag.
    behind = max(primary - position, 0)
    lag = max(age or 0.0, 0.0) if behind else 0.0
    problem = "lagging" if lag > settings.REPLICA_MOST_LAG_SECONDS else ""
    return State(alias, problem, position, behind, lag)


def avoid(alias: str, why: object) -> None:
    """Leave the replica alone for some seconds."""
    _logger.warning("replica %s is left alone for %s s: %s", alias, _AVOIDED_SECONDS, why)
    _avoided[alias] = time.monotonic() + _AVOIDED_SECONDS


def close(alias: str) -> None:
    """Let go of a connection that may be broken in any way."""
    with suppress(*GONE):
        connections[alias].close()


def remember(identity: Any) -> None:
    """Keep how far the log had come when this identity wrote; without Redis the process stays with the primary."""
    position = _position(fresh=True)
    if counters.ask([("SET", _key(identity), position, "EX", _REMEMBERED_SECONDS)]) is None:
        _blind["until"] = time.monotonic() + _REMEMBERED_SECONDS


def forget() -> None:
    """Drop what this process believes of replicas; for those who have just changed them."""
    _avoided.clear()
    _primary.clear()
    _blind["until"] = 0.0


def _written(identity: Any) -> int | None:
    """Return the position that the identity must see, 0 when any will do, None when nobody knows."""
    if identity is None:
        return 0
    answers = counters.ask([("GET", _key(identity))])
    if answers is None:
        _blind["until"] = time.monotonic() + _REMEMBERED_SECONDS
    if answers is None or time.monotonic() < _blind["until"]:
        return None
    return int(answers[0] or 0)


def _key(identity: Any) -> str:
    return f"fleet:wrote:{identity}"


def _position(*, fresh: bool = False) -> int:
    asked_at, position = _primary.get("position", (0.0, 0))
    if fresh or time.monotonic() - asked_at > _PRIMARY_SECONDS:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(_PRIMARY_POSITION)
            position = cursor.fetchone()[0]
        _primary["position"] = (time.monotonic(), position)
    return position


class RememberWritesMiddleware:
    """After a request that may have written, keep the position for whoever sent it; nothing without replicas."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in ("GET", "HEAD", "OPTIONS") and aliases():
            user = actor.current_user()
            if user is not None:
                with suppress(*GONE):  # the work is done and answered; a lost primary shows at the next request
                    remember(user.pk)
        return response
