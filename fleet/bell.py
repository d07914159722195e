"""The live bell: streams of events (WHATWG HTML §9.2) of one's own notices, in the door.

A stream begins with what Django says at its address: who asks, and what came after Last-Event-ID. It subscribes to that
person's channel *before* it asks, so nothing falls between, and asks again now and then: that is how it learns that
the credential has ended, and how it catches up with what Redis has lost.
"""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from prometheus_client import Gauge

from fleet.door import Scope, Send, leaving
from fleet.door.exchange import Answer
from fleet.door.subscriber import Subscriber
from fleet.door.threads import Busy
from notifications.stream import channel

type Ask = Callable[[Scope], Awaitable[Answer | None]]

PATHS: Final = frozenset({"/api/v1/notifications/stream/", "/admin/notices/stream/"})
_HEADERS: Final = [
    (b"Content-Type", b"text/event-stream; charset=utf-8"),
    (b"Cache-Control", b"no-store"),
    (b"X-Accel-Buffering", b"no"),  # nginx would keep events until a buffer is full
    (b"Connection", b"close"),  # whoever comes again shall come to a process that stays
]
_BEATS_PER_LOOK: Final = 2
_QUEUE: Final = 200  # who does not read that many is cut off and comes again with Last-Event-ID
_OVER: Final = frozenset({301, 302, 401, 403, 404})
_STREAMS: Final = Gauge("fleet_streams", "Open streams of the bell.", multiprocess_mode="livesum")


class _Stream:
    """One open connection: what waits to be sent, and what was sent last."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue(_QUEUE)
        self.look = asyncio.Event()
        self.over = False
        self.beats = 0
        self.last = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
        self._sent: OrderedDict[str, None] = OrderedDict()

    def put(self, data: bytes) -> None:
        if self.waiting.full():
            self.over = True
            self.waiting.get_nowait()
        self.waiting.put_nowait(data)

    def end(self) -> None:
        self.over = True
        self.put(b"")

    def event(self, message: dict[str, Any]) -> bytes:
        """Return the message as an event, or nothing when it was sent already."""
        if message["id"] in self._sent:
            return b""
        self._sent[message["id"]] = None
        if len(self._sent) > _QUEUE * 5:
            self._sent.popitem(last=False)
        self.last = max(self.last, message["id"])
        return _event("notice", message, message["id"])


class Bell:
    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._streams: set[_Stream] = set()
        self._subscriber = Subscriber(settings.CACHES["default"]["LOCATION"], self._look_everywhere)
        self._beating: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._subscriber.open()
        self._beating = asyncio.get_running_loop().create_task(self._beat())
        leaving.when_worker_leaves(self._end_all)

    def close(self) -> None:
        self._subscriber.close()
        if self._beating:
            self._beating.cancel()

    def report(self) -> None:
        _STREAMS.set(len(self._streams))

    @staticmethod
    def wants(scope: Scope) -> bool:
        """Say whether the request is for a stream; without the media type Django answers it like any other."""
        accepted = dict(scope["headers"]).get(b"accept", b"")
        return scope["path"] in PATHS and scope["method"] == "GET" and b"text/event-stream" in accepted

    async def answer(self, scope: Scope, send: Send) -> Answer | None:
        """Stream until the reader leaves, the credential ends or the worker goes; else say why not."""
        if leaving.worker():
            return Answer(200, _HEADERS, b"retry: 1000\n\n")
        if len(self._streams) >= settings.MOST_STREAMS:
            return Answer(503, [(b"Retry-After", b"30"), (b"Content-Type", b"text/plain")], b"Too many streams.")
        first = await self._ticket(scope, "")
        if first is None or first.status != 200:
            return first
        who = json.loads(first.body)
        stream, mine = _Stream(scope), channel(who["user"])

        def hear(data: bytes) -> None:
            stream.put(data)

        self._streams.add(stream)
        try:
            await self._subscriber.add(mine, hear)
            stream.last = stream.last or who["latest"] or _now()
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await _write(send, b"retry: 3000\n\n" + _event("hello", {"unread": who["unread"], "latest": who["latest"]}))
            stream.look.set()
            await self._talk(stream, send)
        finally:
            self._streams.discard(stream)
            await self._subscriber.remove(mine, hear)
        with suppress(OSError):
            await send({"type": "http.response.body", "body": b""})
        return None

    async def _talk(self, stream: _Stream, send: Send) -> None:
        while not stream.over:
            if stream.look.is_set():
                stream.look.clear()
                missed = await self._missed(stream)
                if missed is None:
                    return
                if missed:
                    await _write(send, missed)
            data = await stream.waiting.get()
            if data.startswith(b"{"):
                data = stream.event(json.loads(data))
            if data and not stream.over:
                await _write(send, data)

    async def _missed(self, stream: _Stream) -> bytes | None:
        """Return the events that came past us; None when the credential has ended."""
        answer = await self._ticket(stream.scope, stream.last)
        if answer is None or answer.status in _OVER:
            return None
        if answer.status != 200:
            return b""  # busy: the next look will do
        return b"".join(map(stream.event, json.loads(answer.body)["missed"]))

    async def _ticket(self, scope: Scope, last: str) -> Answer | None:
        """Ask Django who this is and what came after `last`, as an ordinary request of the same credential."""
        dropped = (b"accept", b"last-event-id", b"if-none-match")
        headers = [pair for pair in scope["headers"] if pair[0] not in dropped]
        headers.append((b"accept", b"application/json"))
        if last:
            headers.append((b"last-event-id", last.encode("latin-1")))
        try:
            return await self._ask({**scope, "headers": headers})
        except Busy:
            return Answer(503, [(b"Retry-After", b"3"), (b"Content-Type", b"text/plain")], b"Busy.")

    async def _beat(self) -> None:
        """Keep connections alive, and let a share of the streams look at a time."""
        while True:
            await asyncio.sleep(settings.STREAM_BEAT_SECONDS)
            for number, stream in enumerate(list(self._streams)):
                stream.beats += 1
                if stream.beats % _BEATS_PER_LOOK == 0:
                    stream.look.set()
                stream.put(b":\n\n")
                if number % 50 == 49:  # not all at once
                    await asyncio.sleep(settings.STREAM_BEAT_SECONDS / 50)

    def _look_everywhere(self) -> None:
        for stream in self._streams:
            stream.look.set()
            stream.put(b":\n\n")

    def _end_all(self) -> None:
        for stream in self._streams:
            stream.end()


def _now() -> str:
    """Return the first id of this moment: ids are UUIDv7, milliseconds on the left."""
    return str(UUID(int=int(time.time() * 1000) << 80))


def _event(name: str, data: dict[str, Any], event_id: str = "") -> bytes:
    head = f"id: {event_id}\n" if event_id else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n".encode()


async def _write(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})
