"""One line to Redis for a whole process: what is asked in one turn of the event loop travels together.

Every turn ends with Redis saying its time, and its pulse says whether that may be believed (fleet/door/pulse.py): no
answer is given on from a Redis that was silent less than two seconds ago. docs/adr/0027 and 0052.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import hiredis

from fleet.door import pulse
from fleet.door.pulse import Pulse
from fleet.door.turn import Away, Turn
from fleet.door.wire import Wire, pair

_TICK: Final = 0.1
_PATIENCE: Final = 0.35  # for an answer, or for a beat
_logger = logging.getLogger(__name__)


class Line:
    """`era` counts connections: what was read in one is worth nothing in the next, for Redis may go back in time."""

    def __init__(self, url: str, forget: Callable[[bool], None]) -> None:
        self._url, self._forget = urlsplit(url), forget
        self._wires: tuple[Wire, Wire] | None = None  # for questions, for beats
        self._next: Turn | None = None  # is gathered
        self._asked: deque[Turn] = deque()
        self._unproved: deque[Turn] = deque()  # answered, but the beat that vouches for it is to come
        self._pulse = Pulse(pulse.QUARANTINE)
        self._felt = 0.0
        self._watching: asyncio.Task[None] | None = None
        self.era = 0

    @property
    def trusted(self) -> bool:
        return self._wires is not None and self._pulse.sound

    def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._watching = self._loop.create_task(self._watch())

    def close(self) -> None:
        if self._watching:
            self._watching.cancel()
        for wire in self._wires or ():
            wire.abort()

    async def ask(self, packed: bytes, answers: int, *, shared: bytes = b"") -> list[Any]:
        """Send packed commands with the others of this turn; return as many answers. Raises Away."""
        if self._wires is None:
            raise Away
        if self._next is None:
            self._next = Turn()
            self._loop.call_soon(self._flush)
        future: asyncio.Future[list[Any]] = self._loop.create_future()
        self._next.add(packed, answers, shared, future)
        return await future

    def _flush(self) -> None:
        turn, self._next = self._next, None
        if turn is None or self._wires is None:
            return
        turn.asked = self._loop.time()
        self._asked.append(turn)
        self._wires[0].send(b"".join((*turn.packed, pulse.TIME)))

    def _hear(self, answer: Any) -> None:
        turn = self._asked[0]
        turn.left -= 1
        if turn.left:
            turn.answers.append(answer)
            return
        turn.moment = pulse.moment(answer)
        self._unproved.append(self._asked.popleft())
        self._settle()

    def _feel(self, answer: Any) -> None:
        if answer is None:  # one of its sleeps has ended
            return
        self._felt = self._loop.time()
        if silent := self._pulse.beat(pulse.moment(answer)):
            _logger.warning("redis was silent for %.2f s: the read lane trusts nothing for a while", silent)
        if self._wires:
            self._wires[1].send(pulse.BEAT)
        self._settle()

    def _settle(self) -> None:
        while self._unproved and (sound := self._pulse.vouches(self._unproved[0].moment)) is not None:
            turn = self._unproved.popleft()
            if sound:
                turn.tell()
            else:
                turn.fail()

    async def _watch(self) -> None:
        quarantine = 0.0  # only for the first try of a process that has kept nothing
        while True:
            if self._wires is None:
                try:
                    async with asyncio.timeout(1):
                        await self._connect(quarantine)
                except (OSError, TimeoutError, hiredis.HiredisError) as error:
                    _logger.info("redis: %s", error)
                quarantine = pulse.QUARANTINE
            elif await self._silent():
                _logger.warning("redis is silent: the read lane trusts nothing for a while")
                self._lose(silent=True)
            await asyncio.sleep(_TICK)

    async def _silent(self) -> bool:
        """Say whether an answer or a beat is overdue, and not only waits in the socket because we have slept."""
        before = self._oldest()
        if self._loop.time() - before <= _PATIENCE:
            return False
        for _ in range(2):  # in the second turn everything has been read that was there in the first
            await asyncio.sleep(0)
        return self._wires is not None and self._oldest() == before

    def _oldest(self) -> float:
        return min([self._felt, *(turns[0].asked for turns in (self._asked, self._unproved) if turns)])

    async def _connect(self, quarantine: float) -> None:
        self._pulse = Pulse(quarantine)
        self._wires = await pair(self._url, self._hear, self._feel, self._lost)
        self._felt = self._loop.time()
        self._wires[1].send(pulse.TIME + pulse.BEAT * pulse.AHEAD)

    def _lost(self, wire: Wire) -> None:
        if self._wires and wire in self._wires:
            self._lose()

    def _lose(self, *, silent: bool = False) -> None:
        """Trust nothing that was kept: a restarted Redis may have gone back in time."""
        wires, self._wires = self._wires or (), None
        for wire in wires:
            wire.abort()
        self.era += 1
        self._forget(silent)
        turns = [*self._unproved, *self._asked, *([self._next] if self._next else [])]
        self._unproved, self._asked, self._next = deque(), deque(), None
        for turn in turns:
            turn.fail()
