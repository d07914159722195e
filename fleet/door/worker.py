"""gunicorn's asgi worker, leaving politely: clients are told before the door shuts; and its log, without requests."""

import asyncio
import re
from typing import Any, Final

from django.conf import settings
from gunicorn.asgi.parser import PythonProtocol
from gunicorn.glogging import Logger
from gunicorn.workers.gasgi import ASGIWorker

from fleet.door import heads, leaving
from fleet.door.listening import Listener

_TURN: Final = 0.05
_INVALID: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def _has_invalid_header_chars(parser: Any, value: bytes) -> bool:
    """Say what gunicorn's own says, which looks at the bytes one by one: a credential has hundreds."""
    return _INVALID.search(value) is not None


PythonProtocol._has_invalid_header_chars = _has_invalid_header_chars
heads.install()


class DoorLogger(Logger):  # type: ignore[misc]
    """Writes no line per request: the door does (fleet/observability/access.py).

    gunicorn's own makes one for every answer as soon as the logging is configured, and nobody reads it.
    """

    access_log_enabled = False


class DoorWorker(ASGIWorker):  # type: ignore[misc]
    """On SIGTERM: every answer says `Connection: close`, new connections go elsewhere, and the last one out ends it.

    gunicorn's own worker may close a connection between an answer and the next request without having said so; at
    a hundred requests a second every few reloads one would fail.
    """

    _departure: asyncio.Task[None] | None = None

    def run(self) -> None:
        if self.cfg.workers > 1:
            for one in self.sockets:
                one.sock = Listener.of(one.sock)
        super().run()

    def handle_exit_signal(self) -> None:
        if self._departure is None:
            leaving.announce_worker()
            self._departure = self.loop.create_task(self._leave())

    async def _leave(self) -> None:
        if leaving.instance():  # load balancers need a moment to read /readyz; on a reload others serve already
            await asyncio.sleep(settings.DRAIN_SECONDS)
        for server in self.servers:
            server.close()
        deadline = self.loop.time() + settings.GRACEFUL_SECONDS
        while self.nr_conns > 0 and self.loop.time() < deadline:
            await asyncio.sleep(_TURN)
        self.alive = False
