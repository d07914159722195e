"""What several ask of Redis in one turn of the event loop is asked once."""

import asyncio
from typing import Any

from fleet.door.turn import Turn


def test_what_is_shared_is_sent_once_and_answered_to_each() -> None:
    async def ask() -> list[list[Any]]:
        turn = Turn()
        asked = [asyncio.get_running_loop().create_future() for _ in range(4)]
        for own, count, shared, future in zip(
            ("a", "b", "", "d"), (2, 1, 0, 1), ("S", "S", "S", ""), asked, strict=True
        ):
            turn.add(own.encode(), count, shared.encode(), future)
        assert b"".join(turn.packed) == b"Sabd"
        turn.answers = ["s", "a1", "a2", "b1", "d1"]
        assert turn.left == len(turn.answers) + 1  # the time
        turn.tell()
        return [await one for one in asked]

    assert asyncio.run(ask()) == [["s", "a1", "a2"], ["s", "b1"], ["s"], ["d1"]]
