"""The small Redis of counters: one round trip, never a wait, and None while it is away."""

import logging
import time
from collections.abc import Sequence
from typing import Any, Final

from django_redis import get_redis_connection
from redis.exceptions import RedisError

type Command = tuple[str | int | float, ...]

_PAUSE: Final = 1.0  # seconds without a further try after a failure, so that an outage costs requests nothing
_away = {"until": 0.0}
_logger = logging.getLogger(__name__)


def ask(commands: Sequence[Command]) -> list[Any] | None:
    """Return the answers of the commands, sent together; None when Redis cannot be reached."""
    if time.monotonic() < _away["until"]:
        return None
    try:
        line = get_redis_connection("ratelimit").pipeline(transaction=False)
        for command in commands:
            line.execute_command(*command)
        return list(line.execute())
    except (RedisError, OSError) as error:
        _away["until"] = time.monotonic() + _PAUSE
        _logger.warning("counters are away: %s", error)
        return None
