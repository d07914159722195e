"""The live bell: streams of events (WHATWG HTML §9.2) of one's own notices, in the door.

A stream hears everything from its first moment, then asks Django at its address who it is and what came after
Last-Event-ID, and keeps what is its own: nothing falls between. Streams are looked after one by one, asking again: that
is how one learns that its credential has ended, and how it catches up with what Redis has lost.
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
_BEATS_PER_LOOK: Final = 4
_QUEUE: Final = 200  # who does not read that many is cut off and comes again with Last-Event-ID
_OVER: Final = frozenset({301, 302, 401, 403, 404})
_STREAMS: Final = Gauge("fleet_streams", "Open streams of the bell.", multiprocess_mode="livesum")


class _Stream:
    """One open connection: what waits to be sent, and what was sent last."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.channel: str | None = None  # of whom; not known until Django has said so
        self._early: list[tuple[str, bytes]] = []
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue(_QUEUE)
        self.over = False
        self.last = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
        self._sent: OrderedDict[str, None] = OrderedDict()

    def hear(self, heard: str, data: bytes) -> None:
        if self.channel is None:
            self._early.append((heard, data))
        elif heard == self.channel:
            self.put(data)

    def belong_to(self, mine: str) -> None:
        """Keep what is for this person, also of what was heard before it was known who it is."""
        self.channel, early, self._early = mine, self._early, []
        for heard, data in early:
            self.hear(heard, data)

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
        self._hurry = asyncio.Event()
        self._turns = asyncio.Semaphore(
            max(1, settings.WEB_THREADS // 2)
        )  # a storm of streams leaves threads to others
        self._subscriber = Subscriber(settings.CACHES["default"]["LOCATION"], channel("*"), self._hear, self._hurry.set)
        self._tasks: list[asyncio.Task[None]] = []

    def open(self) -> None:
        self._subscriber.open()
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._beat()), loop.create_task(self._look_around())]
        leaving.when_worker_leaves(self._end_all)

    def close(self) -> None:
        self._subscriber.close()
        for task in self._tasks:
            task.cancel()

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
        stream = _Stream(scope)
        self._streams.add(stream)
        try:
            first = await self._ticket(scope, stream.last)
            if first is None or first.status != 200:
                return first
            await self._open(stream, json.loads(first.body), send)
            await self._talk(stream, send)
        finally:
            self._streams.discard(stream)
        with suppress(OSError):
            await send({"type": "http.response.body", "body": b""})
        return None

    async def _open(self, stream: _Stream, who: dict[str, Any], send: Send) -> None:
        stream.last = stream.last or who["latest"] or _now()
        stream.belong_to(channel(who["user"]))
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        hello = _event("hello", {"unread": who["unread"], "latest": who["latest"]})
        await _write(send, b"retry: 3000\n\n" + hello + b"".join(map(stream.event, who["missed"])))

    async def _talk(self, stream: _Stream, send: Send) -> None:
        while not stream.over:
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
            async with self._turns:
                return await self._ask({**scope, "headers": headers})
        except Busy:
            return Answer(503, [(b"Retry-After", b"3"), (b"Content-Type", b"text/plain")], b"Busy.")

    async def _beat(self) -> None:
        """Keep connections alive."""
        while True:
            await asyncio.sleep(settings.STREAM_BEAT_SECONDS)
            for stream in self._streams:
                stream.put(b":\n\n")

    async def _look_around(self) -> None:
        """Look after every stream, one after the other, evenly over the time of some beats; at once after a gap."""
        while True:
            streams = [stream for stream in self._streams if stream.channel is not None]
            pause = settings.STREAM_BEAT_SECONDS * _BEATS_PER_LOOK / max(1, len(streams))
            hurried = self._hurry.is_set()
            self._hurry.clear()
            for stream in streams:
                if not hurried and not self._hurry.is_set():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._hurry.wait(), pause)
                await self._look(stream)
            if not streams:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._hurry.wait(), settings.STREAM_BEAT_SECONDS)

    async def _look(self, stream: _Stream) -> None:
        if stream.over:
            return
        missed = await self._missed(stream)
        if missed is None:
            stream.end()
        elif missed:
            stream.put(missed)

    def _hear(self, heard: str, data: bytes) -> None:
        for stream in self._streams:
            stream.hear(heard, data)

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
