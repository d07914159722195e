"""A few connections to PostgreSQL that the event loop asks itself: no thread is woken for a statement of 0.1 ms.

    rows = Rows(connect, 2)                        # connect() → an open psycopg.Connection; called in a thread
    found = await rows.ask(text, [b"…"])           # a list of tuples; raises Away: ask in another way

A connection answers one question at a time, the others wait their turn. Whatever goes wrong ends the connection and is
Away for its question: nothing is written here, so whoever asked may ask again. docs/adr/0058.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from psycopg import Connection

from fleet.door.backend import Away, Found, Line, Question

_MOST_WAITING: Final = 256
_PATIENCE: Final = 2.0  # for an answer, the turn before it included
_PAUSE: Final = 1.0  # until it is tried again to connect
_LOOK: Final = 0.25
_logger = logging.getLogger(__name__)

type Connect = Callable[[], Connection[Any]]


class Rows:
    def __init__(self, connect: Connect, most: int) -> None:
        self._connect, self._most = connect, most
        self._lines: set[Line] = set()
        self._free: list[Line] = []
        self._waiting: deque[Question] = deque()
        self._opening = 0
        self._not_before = 0.0
        self._watching: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._watching = self._loop.create_task(self._watch())

    def close(self) -> None:
        if self._watching:
            self._watching.cancel()
        self._most = 0
        for line in list(self._lines):
            line.lose("the process ends")

    async def ask(self, text: str, params: Sequence[bytes]) -> Found:
        """Return the rows of a statement whose gaps are `$1`, `$2`. Raises Away."""
        now = self._loop.time()
        if not self._most or len(self._waiting) >= _MOST_WAITING or (not self._lines and now < self._not_before):
            raise Away
        question = Question(text, params, now, self._loop.create_future())
        if self._free:
            self._free.pop().ask(question)
        else:
            self._waiting.append(question)
            self._grow(now)
        return await question.answer

    def _grow(self, now: float) -> None:
        if len(self._lines) + self._opening < self._most and now >= self._not_before:
            self._opening += 1
            self._loop.run_in_executor(None, self._open_one)

    def _open_one(self) -> None:
        """Connect, in a thread. Not in a task: whoever cancels that, as the end of a loop does, loses a connection."""
        try:
            raw = self._connect()
        except Exception as error:  # whatever it is: Django will meet it, too, and answer for it
            self._tell(self._refused, error)
            return
        if not self._tell(self._opened, raw):
            raw.close()

    def _tell(self, what: Callable[[Any], None], found: Any) -> bool:
        try:
            self._loop.call_soon_threadsafe(what, found)
        except RuntimeError:  # the loop is closed
            return False
        return True

    def _refused(self, error: Exception) -> None:
        self._opening -= 1
        _logger.info("no connection for hot reads: %s", error)
        self._not_before = self._loop.time() + _PAUSE
        if not self._lines:
            self._dismiss()

    def _opened(self, raw: Connection[Any]) -> None:
        self._opening -= 1
        if not self._most:
            raw.close()
            return
        line = Line(raw, self._next, self._gone)
        self._lines.add(line)
        self._next(line)

    def _next(self, line: Line) -> None:
        while self._waiting:
            question = self._waiting.popleft()
            if not question.answer.done():  # whoever asked may have left
                line.ask(question)
                return
        self._free.append(line)

    def _gone(self, line: Line) -> None:
        self._lines.discard(line)
        if line in self._free:
            self._free.remove(line)
        if not self._lines and not self._opening:
            self._dismiss()

    def _dismiss(self) -> None:
        while self._waiting:
            self._waiting.popleft().fail()

    async def _watch(self) -> None:
        """End what takes too long: a server that is stuck, or a network that swallows."""
        while True:
            await asyncio.sleep(_LOOK)
            late = self._loop.time() - _PATIENCE
            for line in list(self._lines):
                if line.question and line.question.asked < late:
                    line.lose("no answer in time", stop=True)
            while self._waiting and self._waiting[0].asked < late:
                self._waiting.popleft().fail()
