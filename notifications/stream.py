"""One line per notice on a Redis channel of its reader, after the commit: whoever streams only subscribes."""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django_redis import get_redis_connection

logger = logging.getLogger(__name__)


def last_id(headers: Mapping[str, str]) -> UUID | None:
    """Return what a reader has had last, from Last-Event-ID; None when it is no id of ours."""
    try:
        return UUID(headers.get("Last-Event-ID", ""))
    except ValueError:
        return None


def channel(user_id: UUID | str) -> str:
    return f"fleet:notices:{user_id}"


def announce(user_id: UUID, messages: Sequence[dict[str, Any]]) -> None:
    """Publish after the commit; without Redis the readers find it in the database when they next look."""

    def publish() -> None:
        try:
            line = get_redis_connection("default")
            for one in messages:
                line.publish(channel(user_id), json.dumps(one))
        except Exception:
            logger.warning("could not announce a notice", exc_info=True)

    transaction.on_commit(publish, robust=True)
