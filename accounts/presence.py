"""Who is here: noted in Redis with the requests people make, kept in the database from time to time.

A process notes the same person at most every half minute, in one command; no request writes to the database.
Without Redis the last known times are told.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject, empty

from fleet import actor, counters

ONLINE: Final = timedelta(minutes=5)
EVERY: Final = 30.0  # seconds
_SEEN: Final = "presence"  # a sorted set: the user's id, seconds since 1970
_KEPT: Final = timedelta(hours=1)  # long enough that the next flush finds it, also after an hour without a worker
_most = 10_000
_noted: dict[UUID, float] = {}  # of this process: who, and when that was sent to Redis


def commands(user_id: UUID, now: float) -> tuple[counters.Command, ...]:
    """Return what to tell Redis about a person who has just asked for something; nothing when that is fresh."""
    last = _noted.get(user_id)
    if last is not None and 0 <= now - last < EVERY:
        return ()
    if len(_noted) >= _most:
        _noted.clear()
    _noted[user_id] = now
    return (("ZADD", _SEEN, "GT", now, str(user_id)),)


def note(user_id: UUID, now: float) -> None:
    if told := commands(user_id, now):
        counters.ask(told)


def flush(*, now: datetime) -> int:
    """Write the times that Redis knows to the database, in one statement; returns how many were new."""
    forgotten = (now - _KEPT).timestamp()
    answers = counters.ask(
        (("ZRANGE", _SEEN, forgotten, "+inf", "BYSCORE", "WITHSCORES"), ("ZREMRANGEBYSCORE", _SEEN, "-inf", forgotten))
    )
    seen = _pairs(answers[0]) if answers else {}
    if not seen:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET last_seen_at = one.at FROM unnest(%s::uuid[], %s::timestamptz[]) AS one(id, at)"
            " WHERE accounts_user.id = one.id AND (last_seen_at IS NULL OR last_seen_at < one.at)",
            [list(seen), list(seen.values())],
        )
        return int(cursor.rowcount)


def _pairs(answer: Any) -> dict[UUID, datetime]:
    """Read members with scores: pairs in the new protocol of Redis, a flat list in the old one."""
    flat = [part for one in answer for part in (one if isinstance(one, (list, tuple)) else (one,))]
    return {
        UUID(bytes(member).decode()): datetime.fromtimestamp(float(at), UTC)
        for member, at in zip(flat[::2], flat[1::2], strict=True)
    }


class PresenceMiddleware:
    """Stands inside the actor's middleware: afterwards it knows who it was, by browser, token or key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = actor.current().user
        known = user is not None and not (isinstance(user, LazyObject) and user._wrapped is empty)
        if known and user.is_authenticated:
            note(user.pk, time.time())
        return response
