"""One subscription to Redis for all the listeners of a process."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

_PAUSE: Final = 1.0
_CONFIRMED_IN: Final = 2.0
_KEEPALIVE: Final = "fleet:listening"  # something is always subscribed, else there would be nothing to listen to
_logger = logging.getLogger(__name__)

type Listener = Callable[[bytes], None]


class Subscriber:
    """`gap` is called after every time in which messages may have been lost."""

    def __init__(self, url: str, gap: Callable[[], None]) -> None:
        self._url, self._gap = url, gap
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._confirmed: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._pubsub: Any = None
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        if self._task:
            self._task.cancel()

    async def add(self, channel: str, listener: Listener) -> None:
        """Listen; returns when Redis has confirmed it, or after a moment when it is away: `gap` will follow."""
        first = channel not in self._listeners
        self._listeners[channel].add(listener)
        with suppress(RedisError, OSError, TimeoutError):
            if first and self._pubsub is not None:
                await self._pubsub.subscribe(channel)
            async with asyncio.timeout(_CONFIRMED_IN):
                await self._confirmed[channel].wait()

    async def remove(self, channel: str, listener: Listener) -> None:
        listeners = self._listeners[channel]
        listeners.discard(listener)
        if listeners:
            return
        del self._listeners[channel]
        self._confirmed.pop(channel, None)
        if self._pubsub is not None:
            with suppress(RedisError, OSError):
                await self._pubsub.unsubscribe(channel)

    async def _run(self) -> None:
        while True:
            line = Redis.from_url(self._url)
            try:
                self._pubsub = line.pubsub()
                await self._pubsub.subscribe(_KEEPALIVE, *self._listeners)
                self._gap()
                async for message in self._pubsub.listen():
                    self._pass_on(message)
            except (RedisError, OSError) as error:
                _logger.warning("the bell hears nothing: %s", error)
            finally:
                self._pubsub = None
                self._confirmed.clear()
                with suppress(RedisError, OSError):
                    await line.aclose()
            await asyncio.sleep(_PAUSE)

    def _pass_on(self, message: dict[str, Any]) -> None:
        channel = message["channel"].decode()
        if message["type"] == "subscribe":
            self._confirmed[channel].set()
        elif message["type"] == "message":
            for listener in list(self._listeners.get(channel, ())):
                listener(message["data"])
