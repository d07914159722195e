"""One subscription to Redis for a whole process."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

_PAUSE: Final = 0.5
_SILENCE: Final = 2.0  # after which it is asked whether it is still there, and after that again it is not
_logger = logging.getLogger(__name__)


class Subscriber:
    """Hears every channel of a pattern: `hear(channel, data)`. `gap` is called when something may have been missed."""

    def __init__(self, url: str, pattern: str, hear: Callable[[str, bytes], None], gap: Callable[[], None]) -> None:
        self._url, self._pattern, self._hear, self._gap = url, pattern, hear, gap
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        if self._task:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            line = Redis.from_url(self._url, socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 0))
            try:
                await self._listen(line)
            except (RedisError, OSError) as error:
                _logger.warning("the subscription is interrupted: %s", error)
            finally:
                with suppress(RedisError, OSError):
                    await line.aclose()
            await asyncio.sleep(_PAUSE)

    async def _listen(self, line: Redis) -> None:
        async with line.pubsub() as subscription:
            await subscription.psubscribe(self._pattern)
            answered = True
            while True:
                message = await subscription.get_message(timeout=_SILENCE)
                if message is None:  # is it there, and has nothing to say?
                    if not answered:
                        raise TimeoutError("redis is silent")
                    await subscription.ping()
                answered = message is not None
                self._take(message or {})

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("type") == "psubscribe":
            self._gap()
        elif message.get("type") == "pmessage":
            self._hear(message["channel"].decode(), message["data"])
