"""A bounded number of places, and a queue before them in which nobody waits in vain. docs/adr/0056."""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Final

PATIENCE: Final = 3.0  # seconds
_EVIDENCE: Final = 0.5  # a shorter rush tells nothing of what is to come


class Full(Exception):
    """Every place is taken for longer than one may wait; `seconds` until the queue is worked off."""

    def __init__(self, seconds: float, *, waited: bool) -> None:
        super().__init__()
        self.seconds, self.waited = seconds, waited


class Places:
    """Belongs to one event loop. A free place is always given; whoever cannot get one in time is refused at once."""

    def __init__(self, count: int) -> None:
        self.count, self.waiting = count, 0
        self._free = count
        self._queue: deque[asyncio.Future[None]] = deque()
        self._full_since = 0.0
        self._given_back: deque[float] = deque()  # when, while all were taken, in the last PATIENCE seconds

    @property
    def taken(self) -> int:
        return self.count - self._free

    async def take(self, *, first: bool = False) -> None:
        """Take a place or wait for one, before all others if `first`. Raises Full."""
        if self._free:
            self._free -= 1
            if not self._free:
                self._full_since = _now()
                self._given_back.clear()
        elif not first and (seconds := self.ahead()) > PATIENCE:
            raise Full(seconds, waited=False)
        else:
            await self._wait(first=first)

    def give_back(self) -> None:
        """Hand the place to whoever waits longest."""
        self._given_back.append(_now())
        while self._queue:
            following = self._queue.popleft()
            if not following.done():
                following.set_result(None)
                return
        self._free += 1

    def ahead(self) -> float:
        """Return how long the queue takes at least: at the pace of the last seconds, and were all in hand done now."""
        now = _now()
        since = max(self._full_since, now - PATIENCE)
        if self._free or now - self._full_since < _EVIDENCE:
            return 0.0
        while self._given_back and self._given_back[0] < since:
            self._given_back.popleft()
        return self.waiting * (now - since) / (len(self._given_back) + self.count)

    async def _wait(self, *, first: bool) -> None:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.appendleft(mine) if first else self._queue.append(mine)
        self.waiting += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await mine
        except BaseException as error:
            if mine.done() and not mine.cancelled():  # given in the very moment in which its taker went away
                self.give_back()
            with suppress(ValueError):
                self._queue.remove(mine)
            if isinstance(error, TimeoutError):
                raise Full(self.ahead(), waited=True) from error
            raise
        finally:
            self.waiting -= 1


def _now() -> float:
    return asyncio.get_running_loop().time()
