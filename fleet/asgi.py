"""The ASGI door: what gunicorn serves. It answers probes itself and hands everything else to Django in threads."""

from fleet.wsgi import application as django  # first: it sets Django up, and much of what follows has models

# isort: split
import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, Final

from django.conf import settings
from django.db import connections
from django.urls import get_resolver

from fleet.api.problems import Problem
from fleet.bell import Bell
from fleet.db.metered import gauges
from fleet.door import Message, Receive, Scope, Send, leaving
from fleet.door.body import NO_BODY, Bodies, Gone, TooLarge, TooSlow
from fleet.door.environ import environ, names_its_host
from fleet.door.exchange import Abandoned, Answer, Exchange
from fleet.door.threads import Busy, Threads
from fleet.hot import HotHandler
from fleet.lane import Lane
from fleet.observability.access import Access, Watched
from fleet.refusals import refused
from fleet.witness import Witness, watching

_JSON: Final = (b"content-type", b"application/json")
_NO_STORE: Final = (b"cache-control", b"no-store")
_CLOSE: Final = (b"connection", b"close")
_NO_HOST: Final = Problem(400, "malformed", "The request does not name the host that it is for.")
_TOO_LARGE: Final = Problem(413, "too_large", "The request's body is larger than this server accepts.")
_TOO_SLOW: Final = Problem(408, "too_slow", "The request's body did not arrive in time.")
_BUSY: Final = Problem(503, "busy", "The server is busy. Nothing was changed; try again.")
_WATCHERS: Final = frozenset({"/readyz", "/metrics"})  # who looks whether we are well does not wait behind the crowd
_REPORT_SECONDS: Final = 5


class Door:
    """One per process; what belongs to the event loop is made in the worker, after the fork."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})  # before it is accepted: 403
        else:
            await self._noted(scope, receive, _leaving(send) if leaving.worker() else send)

    @cached_property
    def threads(self) -> Threads:
        return Threads(settings.WEB_THREADS)

    @cached_property
    def lane(self) -> Lane:
        return Lane()

    @cached_property
    def bell(self) -> Bell:
        return Bell(self._ask_plainly)

    @cached_property
    def bodies(self) -> Bodies:
        return Bodies(settings.MAX_BODY_BYTES)

    @cached_property
    def access(self) -> Access:
        return Access(settings.ACCESS_LOG)

    async def _noted(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.access.wanted:
            return await self._answer(scope, receive, send)
        watched = Watched(send)
        try:
            await self._answer(scope, receive, watched)
        finally:
            self.access.note(scope, watched)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = _at_once(scope)
            if answer is None:
                ringing = self.bell.wants(scope)
                answer = await (self.bell.answer(scope, send) if ringing else self._ask(scope, receive, send))
        except TooLarge:
            answer = refused(scope, _TOO_LARGE)
        except TooSlow:
            answer = refused(scope, _TOO_SLOW)
        except Busy as busy:
            answer = refused(scope, replace(_BUSY, headers={"Retry-After": str(busy.seconds)}))
        except (Gone, Abandoned):
            return
        if answer is not None:
            for message in answer.messages(scope["method"]):
                await send(message)

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        body, length = await self.bodies.read(scope, receive)

        taken, work = self.lane.takes(scope), self.lane.works(scope)
        handler = hot if taken else working if work else django

        async def ask(more: Mapping[str, Any], witness: Witness | None) -> Answer | None:
            exchange = Exchange(handler, {**environ(scope, body, length), **more}, send)
            work = exchange.run if witness is None else partial(_watched, exchange, witness)
            return await self.threads.run(work, exchange.abandon, first=scope["path"] in _WATCHERS)

        try:
            if work:
                return await self.lane.work(scope, ask)
            return await (self.lane.answer(scope, ask) if taken else ask({}, None))
        except Busy:
            body.close()
            raise

    async def _ask_plainly(self, scope: Scope) -> Answer | None:
        """Ask Django something that has no body and no streamed answer."""

        async def nothing(message: Message) -> None:
            """Send nothing: a complete answer is returned."""

        exchange = Exchange(django, environ(scope, NO_BODY, 0), nothing)
        return await self.threads.run(exchange.run, exchange.abandon)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Make the threads when the worker starts; close them and the database pools when it ends."""
        await receive()
        _ = self.threads, self.bodies
        self.lane.open()
        self.bell.open()
        reporting = asyncio.create_task(self._report())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        reporting.cancel()
        self.lane.close()
        self.bell.close()
        self.threads.close()
        self.access.flush()
        for connection in connections.all(initialized_only=True):
            connection.close_pool()  # type: ignore[attr-defined]
        await send({"type": "lifespan.shutdown.complete"})

    async def _report(self) -> None:
        while True:
            self.threads.report()
            self.lane.report()
            self.bell.report()
            gauges.report()
            await asyncio.sleep(_REPORT_SECONDS)


def _watched(exchange: Exchange, witness: Witness) -> Answer | None:
    with watching(witness):
        return exchange.run()


def _at_once(scope: Scope) -> Answer | None:
    """Answer what must not wait for a thread: who asks nobody, that we live, and that we are about to go."""
    if not names_its_host(scope):
        return refused(scope, _NO_HOST)
    if scope["path"] == "/livez":
        return Answer(200, [_JSON, _NO_STORE], b'{"status": "ok"}')
    if scope["path"] == "/readyz" and leaving.instance():
        return Answer(503, [_JSON, _NO_STORE], b'{"status": "leaving", "checks": {}}')
    return None


def _leaving(send: Send) -> Send:
    async def with_notice(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], _CLOSE]}
        await send(message)

    return with_notice


_ = get_resolver().url_patterns  # every view is loaded before the fork: shared, and no first request waits for it
hot, working = HotHandler(), HotHandler("POST")
application = Door()
