"""One request in a thread: Django's WSGI handler, and its answer on the way back to the event loop."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from fleet.door import Message, Send

type Headers = list[tuple[bytes, bytes]]
type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_PIECE: Final = 64 * 1024  # what is streamed travels in pieces of this size, or as it comes when it comes slowly
_SLOW: Final = 0.2
_PATIENCE: Final = 60  # seconds for a client to take one piece


class Abandoned(Exception):
    """The client has left in the middle of a streamed answer."""


@dataclass(frozen=True)
class Answer:
    """A complete answer."""

    status: int
    headers: Headers
    body: bytes
    sized: bool = False  # the headers tell the length, as far as it is told

    def measured(self, headers: Headers) -> Headers:
        """Return the headers with the body's length, unless the status has none."""
        if omits_body("GET", self.status) or any(name.lower() == b"content-length" for name, _ in headers):
            return headers
        return [*headers, (b"Content-Length", b"%d" % len(self.body))]

    def messages(self, method: str) -> tuple[Message, Message]:
        """Return it as ASGI wants it; its length is known, so it never travels in chunks."""
        body, headers = self.body, self.headers
        if omits_body(method, self.status):
            body = b""
        elif not self.sized:
            headers = self.measured(headers)
        return (
            {"type": "http.response.start", "status": self.status, "headers": headers},
            {"type": "http.response.body", "body": body},
        )


class Exchange:
    """Runs the handler once; returns a complete answer, or sends a streamed one itself and returns None."""

    def __init__(self, application: Application, environ: dict[str, Any], send: Send) -> None:
        self._abandoned = False
        self._application = application
        self._environ = environ
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._status = 500
        self._headers: Headers = []

    def run(self) -> Answer | None:
        """Work in a thread. The answer is closed there too: request_finished returns the database connection."""
        try:
            answer = self._application(self._environ, self._start)
            try:
                if getattr(answer, "streaming", False):
                    self._stream(answer)
                    return None
                return Answer(self._status, self._headers, b"".join(answer))
            finally:
                close = getattr(answer, "close", None)
                if close:
                    close()
        finally:
            self._environ["wsgi.input"].close()

    def abandon(self) -> None:
        """Stop the streaming: nobody listens any more."""
        self._abandoned = True

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        self._status = int(status[:3])
        self._headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    def _stream(self, answer: Iterable[bytes]) -> None:
        silent = omits_body(self._environ["REQUEST_METHOD"], self._status)
        self._tell({"type": "http.response.start", "status": self._status, "headers": self._headers})
        for piece in () if silent else pieces(answer):
            self._tell({"type": "http.response.body", "body": piece, "more_body": True})
        self._tell({"type": "http.response.body", "body": b""})

    def _tell(self, message: Message) -> None:
        """Send from this thread and wait until the socket has room: what is not read is not produced."""
        if self._abandoned:
            raise Abandoned
        asyncio.run_coroutine_threadsafe(_sent(self._send, message), self._loop).result(_PATIENCE)


def pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Join small chunks that come quickly; pass on at once what comes slowly."""
    held: list[bytes] = []
    size, since = 0, monotonic()
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= _PIECE or monotonic() - since > _SLOW:
            yield b"".join(held)
            held, size, since = [], 0, monotonic()
    if size:
        yield b"".join(held)


def omits_body(method: str, status: int) -> bool:
    return method == "HEAD" or status in (204, 304)


async def _sent(send: Send, message: Message) -> None:
    await send(message)
