"""Request bodies, read before a thread is taken: a slow client holds a socket, never a thread or a connection."""

import asyncio
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

from fleet.door import Receive, Scope

IN_MEMORY: Final = 256 * 1024  # more goes to a temporary file
_SECONDS: Final = 120  # for the whole body
_AT_ONCE: Final = 16  # bodies that are not small; others wait, and TCP lets their senders wait


class TooLarge(Exception):
    """The body is larger than this server accepts."""


class TooSlow(Exception):
    """The body did not arrive in time."""


class Gone(Exception):
    """The client left before its body was complete."""


class Bodies:
    """Reads bodies of at most `most` bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._large = asyncio.Semaphore(_AT_ONCE)

    async def read(self, scope: Scope, receive: Receive) -> tuple[BinaryIO, int]:
        """Return the whole body and its length. Raises TooLarge (before the first byte if it can), TooSlow, Gone."""
        announced = _announced(scope["headers"])
        if announced == 0:
            return NO_BODY, 0
        if announced is not None and announced > self._most:
            raise TooLarge
        file = cast("BinaryIO", SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 - closed with the request
        try:
            async with asyncio.timeout(_SECONDS):
                if announced is not None and announced <= IN_MEMORY:
                    length = await self._copy(receive, file)
                else:
                    async with self._large:
                        length = await self._copy(receive, file)
        except TimeoutError as error:
            file.close()
            raise TooSlow from error
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file, length

    async def _copy(self, receive: Receive, file: BinaryIO) -> int:
        length, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            chunk = message.get("body", b"")
            length += len(chunk)
            if length > self._most:
                raise TooLarge
            file.write(chunk)
            more = message.get("more_body", False)
        return length


class _Empty:
    """The body of a request that has none; there is nothing to close."""

    def read(self, size: int = -1, /) -> bytes:
        return b""

    def readline(self, size: int = -1, /) -> bytes:
        return b""

    def close(self) -> None:
        """Nothing is open."""


NO_BODY: Final = cast("BinaryIO", _Empty())


def _announced(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Return the length that the head names, 0 when there is no body, None when it comes in chunks."""
    length = 0
    for name, value in headers:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            length = int(value)  # gunicorn has refused what is no number
    return length
