"""A kept answer is made again before its time is over: for one who asks, while the others are told what is kept."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from accounts.models import User
from fleet.api import limits
from fleet.door.exchange import Answer
from fleet.lane import Lane, _key
from fleet.witness import Known, Witness

PATH = "/api/v1/cars/availability/"
SCOPE: dict[str, Any] = {
    "path": PATH,
    "raw_path": PATH.encode(),
    "query_string": b"",
    "scheme": "https",
    "headers": [(b"authorization", b"Bearer renewing")],
}


class Django:
    """Answers with how often it was asked, as soon as it may."""

    def __init__(self) -> None:
        self.asked, self.may = 0, asyncio.Event()
        self.may.set()

    async def __call__(self, more: Mapping[str, Any], witness: Witness | None) -> Answer:
        self.asked += 1
        said = Answer(200, [], b"%d" % self.asked)
        if witness:
            witness.tables = {"cars_car"}
            policy = limits.policy("user", "1000/1m")
            witness.caller = Known(limits.Caller("user", "renewing"), policy, User(id=UUID(int=7)), None)
        await self.may.wait()
        return said


def test_nobody_waits_for_what_is_made_again() -> None:
    async def work() -> list[bytes]:
        lane, django = Lane(), Django()

        async def ask() -> bytes:
            found = await lane.answer(SCOPE, django)
            assert found
            return found.body

        lane.open()
        try:
            while not lane._line.trusted:
                await asyncio.sleep(0.01)
            said = [await ask(), await ask()]
            lane._store.put(_key(SCOPE), replace(lane._store._kept[_key(SCOPE)], renew=0.0))
            django.may.clear()
            first = asyncio.create_task(ask())
            while django.asked < 2:
                await asyncio.sleep(0.01)
            said += [await ask(), await ask()]
            django.may.set()
            return [*said, await first, await ask()]
        finally:
            lane.close()

    async def bounded() -> list[bytes]:
        async with asyncio.timeout(20):
            return await work()

    assert asyncio.run(bounded()) == [b"1", b"1", b"1", b"1", b"2", b"2"]
