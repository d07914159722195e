"""Which state every table has: a name that is never used twice, changed by every commit before its writer is answered.

An answer that was made from tables t₁ … tₙ is as good as new while their states are those that were read *before* the
database was asked for it. Docs: docs/adr/0027. Parts of tables have states, too: fleet/db/regions.py names them.

    bump({"cars_car"})          # fleet.db.metered calls it after each commit, whatever the door
    commands(fields)            # what to ask Redis for, with whatever else travels in that trip

While Redis cannot be reached the tables are suspect: a thread tries to tell it ten times a second, and who reads states
(fleet/lane.py) trusts none for two seconds after an outage. Of the writers only those wait for it who find that out.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final

from django_redis import get_redis_connection
from redis.exceptions import RedisError

from fleet import counters
from fleet.later import Later

ALIAS: Final = counters.ALIAS  # it forgets nothing by itself
HASH: Final = "fleet:states"  # one key, so that whatever forgets a state forgets the epoch with it
EPOCH: Final = "epoch"
# What is kept under a state is used no longer: it may depend on the clock, or a writer died between its commit and its
# word to Redis.
LONGEST: Final = timedelta(seconds=5)
# Written all the time, read by nobody whose answer is kept.
UNTRACKED: Final = frozenset({"django_session", "django_migrations", "auditlog_logentry"})
_RETRY_SECONDS: Final = 0.1
# Somebody has waited for half a second: every reader has noticed that (fleet/door/pulse.py). A lost connection is tried
# again for a second, which costs no time; it may be ours alone.
_NOTICED_SECONDS: Final = 1.0
_forgetful: Final[list[Callable[[], None]]] = []
_logger = logging.getLogger(__name__)


def bump(tables: Iterable[str]) -> None:
    """Give the tables a new state; never raises, since what was committed stays committed."""
    tables = set(tables) - UNTRACKED
    if not tables:
        return
    if counters.silent() or _suspects.trying_for(_NOTICED_SECONDS):  # nobody trusts a state by now: nobody has to wait
        _suspects.add(tables)
        return
    try:
        _tell(tables)
    except (RedisError, OSError) as error:
        _logger.info("%d tables are suspect: %s", len(tables), error)
        _suspects.add(tables)
        counters.missed(error)


def fields(tables: Iterable[str]) -> tuple[bytes, ...]:
    """Return the names under which Redis keeps what an answer from these tables depends on."""
    return (EPOCH.encode(), *(name.encode() for name in sorted(tables)))


def state() -> str:
    """Return a state that nobody has ever had; it also says when it began."""
    return f"{time.time():.3f}-{os.urandom(6).hex()}"


def when_lost(forget: Callable[[], None]) -> None:
    """Have this called when what Redis says of states may have gone back in time."""
    _forgetful.append(forget)


def lost() -> None:
    for forget in _forgetful:
        forget()


def began(state: str) -> float:
    """Return the time at which the state began, in seconds since 1970."""
    return float(state.partition("-")[0])


def states() -> dict[str, str]:
    """Return every state that Redis knows. Raises RedisError."""
    found: dict[bytes, bytes] = get_redis_connection(ALIAS).hgetall(HASH)
    return {name.decode(): value.decode() for name, value in found.items()}


def _tell(tables: set[str]) -> None:
    new = state()
    mapping: dict[str, Any] = dict.fromkeys(tables, new)
    get_redis_connection(ALIAS).hset(HASH, mapping=mapping)


_suspects: Final[Later[str]] = Later("states", _tell, every=_RETRY_SECONDS)
