"""Whoever would wait in vain is refused at once, whoever need not is never refused, and no place is ever lost."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from fleet.door import places
from fleet.door.places import Full, Places


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


async def crowd(at: Places, count: int) -> list[asyncio.Task[None]]:
    """Let so many wait."""
    tasks = [asyncio.create_task(at.take()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def leave(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def full(count: int = 2) -> Places:
    """Return places that have all been taken for long enough to tell something."""
    at = Places(count)
    for _ in range(count):
        await at.take()
    await asyncio.sleep(places._EVIDENCE + 0.1)
    return at


def test_whoever_would_wait_in_vain_is_refused_before_those_who_wait() -> None:
    async def work() -> None:
        waiting = await crowd(at := await full(), 40)
        assert sum(not task.done() for task in waiting) >= 6  # at most four in a second, as far as one can know
        with pytest.raises(Full) as refused:
            await at.take()
        assert (refused.value.waited, refused.value.seconds > places.PATIENCE) == (False, True)
        assert any(not task.done() for task in waiting)
        await leave(waiting)

    run(work())


def test_a_queue_that_moves_may_be_longer() -> None:
    async def work() -> None:
        at = await full()
        waiting = await crowd(at, 6)
        before = at.ahead()
        at.give_back()
        at.give_back()
        waiting += await crowd(at, 2)
        assert at.waiting == 6
        assert at.ahead() < before * 0.75
        await leave(waiting)

    run(work())


def test_a_rush_is_not_refused_before_anything_is_known_of_it() -> None:
    async def work() -> None:
        at = Places(1)
        await at.take()
        waiting = await crowd(at, 500)
        assert not any(task.done() for task in waiting)
        await leave(waiting)

    run(work())


def test_nobody_is_refused_while_a_place_is_free() -> None:
    async def work() -> None:
        await leave(await crowd(at := await full(1), 50))
        at.give_back()
        await asyncio.wait_for(at.take(), 1)
        assert (at.taken, at.waiting, at.ahead()) == (1, 0, 0)

    run(work())


def test_who_watches_is_not_refused_and_goes_first() -> None:
    async def work() -> None:
        at = await full()
        waiting = await crowd(at, 40)
        watcher = asyncio.create_task(at.take(first=True))
        await asyncio.sleep(0)
        at.give_back()
        await asyncio.wait_for(watcher, 1)
        assert not any(task.done() and not task.exception() for task in waiting)
        await leave(waiting)

    run(work())


def test_who_waited_as_long_as_one_may_is_told_so() -> None:
    async def work() -> None:
        at = await full()
        with pytest.raises(Full) as refused:
            await at.take()
        assert refused.value.waited
        assert at.waiting == 0

    run(work())


def test_who_goes_away_in_the_moment_of_being_let_in_takes_nothing_along() -> None:
    async def work() -> None:
        at = Places(1)
        await at.take()
        (gone,) = await crowd(at, 1)
        at.give_back()
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert (at.taken, at.waiting) == (0, 0)

    run(work())
