"""A process that reads rows and looks for the past: `python -m tests.door.reader FILE PORT TOKEN COUNT LAST cars/PK…`.

It goes on until every row has been written LAST times: to have read before the first write proves nothing.
"""

import asyncio
import mmap
import random
import re
import struct
import sys
from pathlib import Path

CONNECTIONS = 4
_NAME = re.compile(rb'"(?:name|location_note)":"N(\d+)"')


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
    return int(head[9:12]), await reader.readexactly(length)


async def _client(answered: mmap.mmap, port: int, token: str, count: int, last: int, rows: list[str]) -> list[str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    wrong: list[str] = []
    while count > 0 or min(struct.unpack_from(f"{len(rows)}q", answered)) < last:
        count -= 1
        slot = random.randrange(len(rows))  # noqa: S311 - any row will do
        (before,) = struct.unpack_from("q", answered, 8 * slot)
        head = f"GET /api/v1/{rows[slot]}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
        writer.write(head.encode())
        status, body = await _read(reader)
        found = _NAME.search(body)
        seen = int(found[1]) if found else -1
        if status != 200 or seen < before:
            wrong.append(f"status {status}, saw {seen} after {before} was answered")
    writer.close()
    return wrong


async def main(file: str, port: int, token: str, count: int, last: int, rows: list[str]) -> int:
    with Path(file).open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as answered:
        share = count // CONNECTIONS
        found = await asyncio.gather(*(_client(answered, port, token, share, last, rows) for _ in range(CONNECTIONS)))
    wrong = [line for lines in found for line in lines]
    sys.stdout.write("\n".join(wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(
        asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6:]))
    )
