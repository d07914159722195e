"""Very many people with a page open: connections that stay, and ask for something small every now and then."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

EVERY = 10.0  # seconds between two requests of one of them; below FLEET_KEEP_ALIVE


@dataclass
class Kept:
    """What became of them: answers by status, latencies in milliseconds, connections lost."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    open: int = 0
    most: int = 0
    lost: int = 0


async def keep(port: int, paths: list[str], token: str, *, count: int, seconds: float, kept: Kept) -> None:
    deadline = time.monotonic() + seconds
    await asyncio.gather(*(_one(port, paths[n % len(paths)], token, n / count, deadline, kept) for n in range(count)))


async def _one(port: int, path: str, token: str, place: float, deadline: float, kept: Kept) -> None:
    await asyncio.sleep(place * EVERY)
    asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    kept.open += 1
    kept.most = max(kept.most, kept.open)
    try:
        while time.monotonic() < deadline:
            began = time.monotonic()
            writer.write(asked)
            kept.statuses[await _answer(reader)] += 1
            kept.latencies.append((time.monotonic() - began) * 1000)
            await asyncio.sleep(max(0.0, EVERY - (time.monotonic() - began)))
    except (OSError, asyncio.IncompleteReadError):
        kept.lost += 1
    finally:
        kept.open -= 1
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head[9:12])
