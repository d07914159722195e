"""The socket that workers share, accepting one connection and then leaving the next to the others for a moment.

asyncio takes all that wait when it is woken: sixteen connections of a proxy that come together all went to one worker,
and the other one had nothing to do. docs/adr/0061.
"""

import asyncio
import socket
from typing import Any, Final, Self

PAUSE: Final = 0.001  # longer than another worker takes to wake up


class Listener(socket.socket):
    """Of one worker of several."""

    _resting = False

    @classmethod
    def of(cls, other: socket.socket) -> Self:
        return cls(fileno=other.detach())

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept as ever. Raises BlockingIOError, as if nobody waited, for a moment after each."""
        if self._resting:
            raise BlockingIOError
        accepted = super().accept()
        self._resting = True
        asyncio.get_running_loop().call_later(PAUSE, self._rested)
        return accepted

    def listen(self, backlog: int = 0) -> None:
        """Leave the queue as long as gunicorn has made it: asyncio would cut it to a hundred."""

    def _rested(self) -> None:
        self._resting = False
