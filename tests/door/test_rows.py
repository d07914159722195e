"""The event loop's own connections: answers in order, and none where the server is gone, stuck or too slow."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection

from fleet import quick
from fleet.door import rows
from fleet.door.backend import Away
from fleet.door.rows import Rows
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
ONE = "SELECT $1::int, pg_backend_pid()"


@asynccontextmanager
async def opened(most: int = 2, connect: rows.Connect = quick.connect) -> AsyncIterator[Rows]:
    found = Rows(connect, most)
    found.open()
    try:
        yield found
    finally:
        found.close()


def run[T](work: Callable[[], Awaitable[T]]) -> T:
    async def bounded() -> T:
        async with asyncio.timeout(20):
            return await work()

    return asyncio.run(bounded())


def test_everybody_gets_his_own_answer_over_two_connections() -> None:
    async def work() -> list[Any]:
        async with opened() as asked:
            return await asyncio.gather(*(asked.ask(ONE, [b"%d" % n]) for n in range(100)))

    answers = run(work)
    assert [found[0][0] for found in answers] == list(range(100))
    assert len({found[0][1] for found in answers}) <= 2


def test_a_statement_that_fails_is_nobodys_answer_and_the_next_one_is_answered() -> None:
    async def work() -> Any:
        async with opened(1) as asked:
            with pytest.raises(Away):
                await asked.ask("SELECT 1 / $1::int", [b"0"])
            return await asked.ask(ONE, [b"7"])

    assert run(work)[0][0] == 7


def test_a_connection_that_the_server_ends_is_made_again() -> None:
    async def work() -> tuple[int, int]:
        async with opened(1) as asked:
            ((_, before),) = await asked.ask(ONE, [b"1"])
            ended = asyncio.to_thread(_end, before)
            with pytest.raises(Away):
                await asyncio.gather(asked.ask("SELECT pg_sleep($1)", [b"10"]), ended)
            ((_, after),) = await asked.ask(ONE, [b"2"])
            return before, after

    before, after = run(work)
    assert before != after


def _end(pid: int) -> None:
    with psycopg.connect(**_reached(), autocommit=True) as line:
        line.execute("SELECT pg_sleep(0.2), pg_terminate_backend(%s)", [pid])


def _reached() -> dict[str, Any]:
    params = connection.get_connection_params()
    return {name: params[name] for name in ("dbname", "user", "password", "host", "port") if name in params}


def test_nobody_waits_for_an_answer_that_does_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_PATIENCE", 0.3)

    async def work() -> list[Any]:
        async with opened(1) as asked:
            slow = [asked.ask("SELECT pg_sleep($1)", [b"60"]) for _ in range(3)]
            return await asyncio.gather(*slow, return_exceptions=True)

    assert [type(found) for found in run(work)] == [Away] * 3
    until(lambda: not _working("SELECT pg_sleep($1)"))  # the server does not look for what nobody waits for


def _working(statement: str) -> bool:
    with psycopg.connect(**_reached()) as line:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE query = %s AND state = 'active' AND datname = %s"
        return bool(line.execute(asked, [statement, _reached()["dbname"]]).fetchone() != (0,))


def test_without_a_server_the_answer_is_no_at_once() -> None:
    def nowhere() -> Any:
        raise psycopg.OperationalError("no server")

    async def work() -> list[Any]:
        async with opened(2, nowhere) as asked:
            return await asyncio.gather(*(asked.ask(ONE, [b"1"]) for _ in range(5)), return_exceptions=True)

    assert [type(found) for found in run(work)] == [Away] * 5


def test_who_leaves_takes_nobodys_turn() -> None:
    async def work() -> Any:
        async with opened(1) as asked:
            slow = asyncio.create_task(asked.ask("SELECT pg_sleep($1)", [b"0.2"]))
            gone = [asyncio.create_task(asked.ask(ONE, [b"1"])) for _ in range(3)]
            await asyncio.sleep(0.05)
            for task in gone:
                task.cancel()
            await slow
            return await asked.ask(ONE, [b"5"])

    assert run(work)[0][0] == 5


def test_a_connection_that_comes_when_all_is_over_is_closed() -> None:
    made: list[psycopg.Connection[Any]] = []
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> psycopg.Connection[Any]:
        begun.set()
        assert go_on.wait(10)
        made.append(quick.connect())
        return made[0]

    async def work() -> None:
        async with opened(1, slowly) as asked:
            question = asyncio.create_task(asked.ask(ONE, [b"1"]))
            await asyncio.to_thread(begun.wait, 10)
            question.cancel()
        asyncio.get_running_loop().call_later(0.1, go_on.set)  # while the loop ends

    asyncio.run(work())
    assert made[0].closed
