"""One open connection to Redis."""

import asyncio
from collections import deque
from collections.abc import Callable
from ssl import create_default_context
from typing import Any, Self
from urllib.parse import SplitResult, unquote

import hiredis

from fleet.door.pulse import pack

type Hear = Callable[[Any], None]


class Wire(asyncio.Protocol):
    """Tells every answer to `hear`, and to `lost` that there will be no more."""

    def __init__(self, hear: Hear, lost: Callable[["Wire"], None]) -> None:
        self._hear, self._lost = hear, lost
        self._reader = hiredis.Reader()
        self._greeting: deque[asyncio.Future[Any]] = deque()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, url: SplitResult, hear: Hear, lost: Callable[["Wire"], None]) -> Self:
        """Connect and sign in. Raises OSError and what Redis refuses."""
        loop = asyncio.get_running_loop()
        tls = create_default_context() if url.scheme == "rediss" else None
        host, port = url.hostname or "localhost", url.port or 6379
        _, wire = await loop.create_connection(lambda: cls(hear, lost), host, port, ssl=tls)
        greeting = [pack(("SELECT", url.path.strip("/") or "0"))]
        if url.password:
            user = [unquote(url.username)] if url.username else []
            greeting.insert(0, pack(("AUTH", *user, unquote(url.password))))
        wire._greeting.extend(loop.create_future() for _ in greeting)
        wire.send(b"".join(greeting))
        try:
            await asyncio.gather(*wire._greeting)  # hears what all of them say, also when the first has failed
        except BaseException:
            wire.abort()
            raise
        return wire

    @property
    def closed(self) -> bool:
        return self._transport is None

    def send(self, packed: bytes) -> None:
        if self._transport:
            self._transport.write(packed)

    def abort(self) -> None:
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (answer := self._reader.gets()) is not False:
            if not self._greeting:
                self._hear(answer)
                continue
            greeted = self._greeting.popleft()
            if greeted.done():
                continue
            if isinstance(answer, Exception):
                greeted.set_exception(answer)
            else:
                greeted.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        for greeted in self._greeting:
            if not greeted.done():
                greeted.set_exception(exc or ConnectionResetError("Redis has closed the connection"))
        self._lost(self)


async def pair(url: SplitResult, hear: Hear, feel: Hear, lost: Callable[[Wire], None]) -> tuple[Wire, Wire]:
    """Open two connections or none, each with its ear."""
    first = await Wire.open(url, hear, lost)
    try:
        second = await Wire.open(url, feel, lost)
    except BaseException:
        first.abort()
        raise
    if first.closed:
        second.abort()
        raise ConnectionResetError("Redis has closed the connection")
    return first, second
