"""One connection to Redis for a whole process: what is asked in one turn of the event loop travels together.

It notices within half a second when Redis is silent, also when nobody asks: `trusted` is false from then until two
seconds after it answers again. By that time every process has told what it could not tell meanwhile.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from ssl import create_default_context
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import hiredis

_TICK: Final = 0.1
_SILENCE: Final = 0.35  # below the half second after which a writer gives up (CACHES["ratelimit"])
_QUARANTINE: Final = 2.0
_logger = logging.getLogger(__name__)


class Away(Exception):
    """Redis cannot be reached, or has just come back."""


class _Waiting:
    """Answers that are still to come for one question."""

    __slots__ = ("answers", "asked", "future", "left")

    def __init__(self, left: int, asked: float, future: asyncio.Future[list[Any]]) -> None:
        self.left, self.asked, self.future = left, asked, future
        self.answers: list[Any] = []


class Line(asyncio.Protocol):
    def __init__(self, url: str, forget: Callable[[], None]) -> None:
        self._url, self._forget = urlsplit(url), forget
        self._transport: asyncio.Transport | None = None
        self._reader = hiredis.Reader()
        self._waiting: deque[_Waiting] = deque()
        self._outgoing: list[bytes] = []
        self._trusted_from = float("inf")
        self._watching: asyncio.Task[None] | None = None

    @property
    def trusted(self) -> bool:
        return self._transport is not None and self._loop.time() >= self._trusted_from

    def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._watching = self._loop.create_task(self._watch())

    def close(self) -> None:
        if self._watching:
            self._watching.cancel()
        if self._transport:
            self._transport.close()

    async def ask(self, packed: bytes, answers: int) -> list[Any]:
        """Send packed commands with the others of this turn; return as many answers. Raises Away."""
        if self._transport is None:
            raise Away
        future: asyncio.Future[list[Any]] = self._loop.create_future()
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(packed)
        self._waiting.append(_Waiting(answers, self._loop.time(), future))
        return await future

    def _flush(self) -> None:
        outgoing, self._outgoing = b"".join(self._outgoing), []
        if self._transport:
            self._transport.write(outgoing)

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (answer := self._reader.gets()) is not False:
            waiting = self._waiting[0]
            waiting.answers.append(answer)
            waiting.left -= 1
            if not waiting.left:
                self._waiting.popleft()
                if not waiting.future.done():
                    waiting.future.set_result(waiting.answers)

    def connection_lost(self, exc: Exception | None) -> None:
        """Trust nothing that was kept: a restarted Redis may have gone back in time."""
        self._transport = None
        self._trusted_from = float("inf")
        self._forget()
        waiting, self._waiting = self._waiting, deque()
        self._outgoing = []
        for one in waiting:
            if not one.future.done():
                one.future.set_exception(Away())

    async def _watch(self) -> None:
        first, ticked = True, self._loop.time()
        while True:
            if self._transport is None:
                with suppress(OSError, Away, TimeoutError):
                    async with asyncio.timeout(1):
                        await self._connect()
                    self._trusted_from = self._loop.time() + (0 if first else _QUARANTINE)
                first = False
            elif self._silent(ticked):
                _logger.warning("redis is silent: the read lane trusts nothing for a while")
                self._transport.abort()
            elif not self._waiting:
                self._loop.create_task(self._ping())
            ticked = self._loop.time()
            await asyncio.sleep(_TICK)

    def _silent(self, ticked: float) -> bool:
        """Say whether an answer is overdue, or whether we have slept so long that we would not know."""
        now = self._loop.time()
        overdue = bool(self._waiting) and now - self._waiting[0].asked > _SILENCE
        return overdue or now - ticked > _SILENCE + _TICK

    async def _ping(self) -> None:
        with suppress(Away):
            await self.ask(pack(("PING",)), 1)

    async def _connect(self) -> None:
        parts = self._url
        tls = create_default_context() if parts.scheme == "rediss" else None
        self._reader = hiredis.Reader()
        made, _ = await self._loop.create_connection(
            lambda: self, parts.hostname or "localhost", parts.port or 6379, ssl=tls
        )
        self._transport = made
        greeting: list[Sequence[Any]] = [("SELECT", parts.path.strip("/") or "0")]
        if parts.password:
            user = [unquote(parts.username)] if parts.username else []
            greeting.insert(0, ("AUTH", *user, unquote(parts.password)))
        answers = await self.ask(b"".join(pack(command) for command in greeting), len(greeting))
        for answer in answers:
            if isinstance(answer, Exception):
                made.abort()
                raise Away from answer


def pack(command: Sequence[str | int | float | bytes]) -> bytes:
    packed: bytes = hiredis.pack_command(tuple(command))  # type: ignore[arg-type]
    return packed
