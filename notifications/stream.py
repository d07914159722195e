"""One line per notice on a Redis channel of its reader, after the commit: whoever streams only subscribes."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from fleet import counters
from fleet.later import Later

_logger = logging.getLogger(__name__)


def last_id(headers: Mapping[str, str]) -> UUID | None:
    """Return what a reader has had last, from Last-Event-ID; None when it is no id of ours."""
    try:
        return UUID(headers.get("Last-Event-ID", ""))
    except ValueError:
        return None


def channel(user_id: UUID | str) -> str:
    return f"fleet:notices:{user_id}"


def announce(user_id: UUID, messages: Sequence[dict[str, Any]]) -> None:
    """Publish after the commit; while Redis is away, when it is back. Readers know by its id what they have had."""
    said = [(channel(user_id), json.dumps(one)) for one in messages]

    def publish() -> None:
        if _unsaid.trying or counters.away():
            _unsaid.add(said)
            return
        try:
            _publish(said)
        except (RedisError, OSError) as error:
            _logger.info("could not announce a notice: %s", error)
            _unsaid.add(said)
            counters.missed(error)

    transaction.on_commit(publish, robust=True)


def _publish(said: Iterable[tuple[str, str]]) -> None:
    line = get_redis_connection("default").pipeline(transaction=False)
    for where, message in said:
        line.publish(where, message)
    line.execute()


_unsaid: Final[Later[tuple[str, str]]] = Later("announcements", _publish, every=0.2)
