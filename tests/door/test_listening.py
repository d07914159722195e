"""Connections that come together are shared by the workers."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from fleet.door.listening import PAUSE, Listener

MANY = 8


@pytest.fixture
def crowd() -> Iterator[socket.socket]:
    """Return a socket at which several wait."""
    with socket.create_server(("127.0.0.1", 0)) as door, ExitStack() as clients:
        for _ in range(MANY):
            clients.enter_context(socket.create_connection(door.getsockname()))
        yield door


def test_a_worker_takes_one_and_leaves_the_next_to_others_for_a_moment(crowd: socket.socket) -> None:
    async def take() -> None:
        with ExitStack() as opened:
            for worker in (Listener.of(crowd.dup()), Listener.of(crowd.dup())):
                opened.enter_context(worker)
                worker.setblocking(False)
                opened.enter_context(worker.accept()[0])
                with pytest.raises(BlockingIOError):
                    worker.accept()

    asyncio.run(take())


def test_it_takes_them_all_when_nobody_else_does(crowd: socket.socket) -> None:
    taken: list[int] = []

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(1)
        writer.close()

    async def take() -> None:
        async with asyncio.timeout(10), await asyncio.start_server(note, sock=Listener.of(crowd.dup())):
            while len(taken) < MANY:
                await asyncio.sleep(PAUSE)

    asyncio.run(take())
