"""A Redis that closes while it is greeted."""

import asyncio
import gc
from typing import Any
from urllib.parse import urlsplit

import hiredis
import pytest

from fleet.door.wire import Wire


@pytest.mark.parametrize("answer", [b"", b"-ERR no\r\n", b"-ERR no\r\n-NOAUTH no\r\n"])
def test_nothing_is_left_that_nobody_has_heard(answer: bytes) -> None:
    unheard: list[dict[str, Any]] = []

    async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.transport.close()

    async def greet() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, found: unheard.append(found))
        async with await asyncio.start_server(close, "127.0.0.1", 0) as server:
            url = urlsplit(f"redis://:secret@127.0.0.1:{server.sockets[0].getsockname()[1]}/0")
            with pytest.raises((ConnectionError, hiredis.ReplyError)):
                await Wire.open(url, print, print)
        await asyncio.sleep(0)
        gc.collect()

    asyncio.run(greet())
    assert unheard == []
