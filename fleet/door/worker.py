"""gunicorn's asgi worker, leaving politely: clients are told before the door shuts."""

import asyncio
from typing import Final

from django.conf import settings
from gunicorn.workers.gasgi import ASGIWorker

from fleet.door import leaving

_TURN: Final = 0.05


class DoorWorker(ASGIWorker):  # type: ignore[misc]
    """On SIGTERM: every answer says `Connection: close`, new connections go elsewhere, and the last one out ends it.

    gunicorn's own worker may close a connection between an answer and the next request without having said so; at
    a hundred requests a second every few reloads one would fail.
    """

    _departure: asyncio.Task[None] | None = None

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
