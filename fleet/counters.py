"""The small Redis of counters: one round trip, hardly ever a wait, and None while it is away."""

import logging
from collections.abc import Sequence
from typing import Any, Final

from django_redis import get_redis_connection
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout

from fleet.later import Later

type Command = tuple[str | int | float, ...]

ALIAS: Final = "ratelimit"
_logger = logging.getLogger(__name__)


def ask(commands: Sequence[Command]) -> list[Any] | None:
    """Return the answers of the commands, sent together; None when Redis cannot be reached.

    Whoever finds out that it is away has waited half a second; until it is back nobody else does.
    """
    if _away.trying:
        return None
    try:
        line = get_redis_connection(ALIAS).pipeline(transaction=False)
        for command in commands:
            line.execute_command(*command)
        return list(line.execute())
    except (RedisError, OSError) as error:
        _logger.info("counters are away: %s", error)
        missed(error)
        return None


def missed(error: Exception | None = None) -> None:
    """Let everybody in this process know that Redis did not answer; who knows does not wait until it does again."""
    _silence["whole"] = isinstance(error, RedisTimeout) or silent()
    _away.add({"ping"})


def away() -> bool:
    """Say whether Redis was away when it was last asked for something."""
    return _away.trying


def silent() -> bool:
    """Say whether somebody has waited for Redis as long as a writer does, and it has not answered since."""
    return _away.trying and _silence["whole"]


def _knock(_: set[str]) -> None:
    get_redis_connection(ALIAS).ping()


_away: Final[Later[str]] = Later("counters", _knock, every=0.1)
_silence: Final = {"whole": False}
