"""One line per request, written by the event loop: a few microseconds, and one write for all of a turn's requests.

No address, no query, no user: the trail knows who, by the same request id.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime
from typing import Final

import orjson

from fleet.door import Message, Scope, Send
from fleet.observability import scrub

_QUIET: Final = frozenset({"/livez", "/readyz", "/metrics"})


class Access:
    """Collects lines and writes them to standard error with the end of the event loop's turn."""

    def __init__(self, shape: str) -> None:
        self._shape, self._lines = shape, list[str]()

    @property
    def wanted(self) -> bool:
        return self._shape != "off"

    def note(self, scope: Scope, answer: "Watched") -> None:
        if scope["path"] in _QUIET or not answer.status:
            return
        if not self._lines:
            asyncio.get_running_loop().call_soon(self.flush)
        seconds = time.perf_counter() - answer.began
        self._lines.append(_json(scope, answer, seconds) if self._shape == "json" else _line(scope, answer, seconds))

    def flush(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            sys.stderr.write("".join(lines))
            sys.stderr.flush()


class Watched:
    """A `send` that remembers what it has sent."""

    __slots__ = ("_send", "began", "request_id", "sent", "status")

    def __init__(self, send: Send) -> None:
        self._send, self.began = send, time.perf_counter()
        self.status, self.sent, self.request_id = 0, 0, ""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            for name, value in message["headers"]:
                if name.lower() == b"x-request-id":
                    self.request_id = value.decode("latin-1")
        else:
            self.sent += len(message.get("body", b""))
        await self._send(message)


def _json(scope: Scope, answer: Watched, seconds: float) -> str:
    found = {
        "timestamp": datetime.now(UTC).isoformat(),
        "level": "info",
        "logger": "fleet.access",
        "message": "answered",
        "request_id": answer.request_id,
        "method": scope["method"],
        "path": scrub.path(scope["path"]),
        "status": answer.status,
        "ms": round(seconds * 1000, 2),
        "bytes": answer.sent,
    }
    return orjson.dumps(found).decode() + "\n"


def _line(scope: Scope, answer: Watched, seconds: float) -> str:
    path = scrub.path(scope["path"])
    now = datetime.now(UTC).strftime("%H:%M:%S.%f")[:12]
    return f"{now} {scope['method']} {path} {answer.status} {seconds * 1000:.1f} ms [{answer.request_id or '-'}]\n"
