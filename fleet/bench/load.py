"""A small HTTP load: keep-alive connections that ask again as soon as they are answered, for a bounded time."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

HOST = "127.0.0.1"  # never anything else


@dataclass(frozen=True)
class Measured:
    """What came back; latencies in milliseconds, rate in answers per second."""

    requests: int
    rate: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]
    client: str = "own"
    cpu_us: float = 0.0  # of the web tier, per request

    def only(self, status: int) -> "Measured":
        """Return the same with the rate of these answers alone."""
        share = self.statuses.get(status, 0) / self.requests if self.requests else 0.0
        return replace(self, rate=self.rate * share)


def hammer(port: int, request: Callable[[int], bytes], *, connections: int = 16, seconds: float = 3.0) -> Measured:
    """Send `request(n)` for n = 0, 1, … over so many connections for so many seconds."""
    return asyncio.run(_hammer(port, request, connections, seconds))


def get(path: str, token: str = "", number: int | None = None, coding: str = "") -> bytes:
    """Return the bytes of a GET; with a number it is another question than that of another number."""
    head = _head("GET", path, token) + (f"Accept-Encoding: {coding}\r\n".encode() if coding else b"")
    return head + (b"\r\n" if number is None else b"X-Asked: %d\r\n\r\n" % number)


def post(path: str, body: bytes, token: str) -> bytes:
    """Return the bytes of a POST of JSON."""
    head = _head("POST", path, token)
    return head + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def _head(method: str, path: str, token: str) -> bytes:
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n{authorization}".encode()


async def _hammer(port: int, request: Callable[[int], bytes], connections: int, seconds: float) -> Measured:
    latencies: list[float] = []
    statuses: Counter[int] = Counter()
    numbers = iter(range(10**9))
    began = time.perf_counter()
    deadline = began + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            while (sent := time.perf_counter()) < deadline:
                writer.write(request(next(numbers)))
                status, closes = await _answer(reader)
                latencies.append(time.perf_counter() - sent)
                statuses[status] += 1
                if closes:
                    writer.close()
                    reader, writer = await asyncio.open_connection(HOST, port)
        finally:
            writer.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    took = time.perf_counter() - began
    ordered = sorted(latencies)
    return Measured(
        len(ordered), len(ordered) / took, _at(ordered, 0.50) * 1000, _at(ordered, 0.99) * 1000, dict(statuses)
    )


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Read one answer; return its status and whether the server hangs up."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length or 0))
    return int(head.split(b" ", 2)[1]), b"connection: close" in head


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
