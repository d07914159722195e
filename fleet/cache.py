"""Which state every table has: a name that is never used twice, changed by every commit before its writer is answered.

An answer that was made from tables t₁ … tₙ is as good as new while their states are those that were read *before* the
database was asked for it. Docs: docs/adr/0027.

    bump({"cars_car"})          # fleet.db.metered calls it after each commit, whatever the door
    commands(fields)            # what to ask Redis for, with whatever else travels in that trip

While Redis cannot be reached the tables are suspect: a thread tries to tell it ten times a second, and who reads states
(fleet/lane.py) trusts none for two seconds after an outage.
"""

import logging
import os
import threading
import time
from collections.abc import Iterable
from typing import Any, Final

from django_redis import get_redis_connection
from redis.exceptions import RedisError

ALIAS: Final = "ratelimit"  # the Redis of counters: it forgets nothing by itself
HASH: Final = "fleet:states"  # one key, so that whatever forgets a state forgets the epoch with it
EPOCH: Final = "epoch"
# Written all the time, read by nobody whose answer is kept.
UNTRACKED: Final = frozenset({"django_session", "django_migrations", "auditlog_logentry"})
_RETRY_SECONDS: Final = 0.1
_logger = logging.getLogger(__name__)


class _Suspects:
    """Tables whose new state Redis has not been told, and the thread that keeps trying."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tables: set[str] = set()
        self._trying = False

    def add(self, tables: Iterable[str]) -> None:
        with self._lock:
            self._tables.update(tables)
            start, self._trying = not self._trying, True
        if start:
            threading.Thread(target=self._try, name="suspect-tables", daemon=True).start()

    def take(self) -> set[str]:
        with self._lock:
            taken, self._tables = self._tables, set()
            return taken

    def _try(self) -> None:
        while True:
            time.sleep(_RETRY_SECONDS)
            taken = self.take()
            if taken and not _tell(taken):
                with self._lock:
                    self._tables |= taken
                continue
            with self._lock:
                if not self._tables:
                    self._trying = False
                    return


_suspects = _Suspects()


def bump(tables: Iterable[str]) -> None:
    """Give the tables a new state; never raises, since what was committed stays committed."""
    tables = set(tables) - UNTRACKED
    if not tables:
        return
    if not _tell(tables):
        _suspects.add(tables)


def state() -> str:
    """Return a state that nobody has ever had; it also says when it began."""
    return f"{time.time():.3f}-{os.urandom(6).hex()}"


def began(state: str) -> float:
    """Return the time at which the state began, in seconds since 1970."""
    return float(state.partition("-")[0])


def states() -> dict[str, str]:
    """Return every state that Redis knows. Raises RedisError."""
    found: dict[bytes, bytes] = get_redis_connection(ALIAS).hgetall(HASH)
    return {name.decode(): value.decode() for name, value in found.items()}


def _tell(tables: set[str]) -> bool:
    new = state()
    mapping: dict[str, Any] = dict.fromkeys(tables, new)
    try:
        get_redis_connection(ALIAS).hset(HASH, mapping=mapping)
    except (RedisError, OSError) as error:
        _logger.warning("states are away, %d tables are suspect: %s", len(tables), error)
        return False
    return True
