"""When Redis was there, by its own clock.

Who has been stuck himself cannot tell from his clock whether Redis was silent meanwhile. So Redis is left a pile of
small sleeps, each followed by the time; it works them off by itself, and what it says waits in the socket until it is
read. Whoever reads it late sees the same gaps.
"""

from collections.abc import Sequence
from math import inf
from typing import Any, Final

import hiredis

# A writer gives up after half a second (CACHES["ratelimit"]). What it says may wait for two rounds of Redis' own loop.
SILENCE: Final = 0.25
QUARANTINE: Final = 2.0  # after a silence: by then every process has told what it could not tell meanwhile


def pack(command: Sequence[str | int | float | bytes]) -> bytes:
    packed: bytes = hiredis.pack_command(tuple(command))  # type: ignore[arg-type]
    return packed


TIME: Final = pack(("TIME",))
BEAT: Final = pack(("BLPOP", "fleet:nobody", "0.05")) + TIME  # Redis looks for sleepers that are due ten times a second
AHEAD: Final = 100  # beats that it has been asked for and not yet given: ten seconds


def moment(answer: Any) -> float:
    """Return the answer to TIME in seconds. Raises what Redis refuses."""
    if isinstance(answer, Exception):
        raise answer
    return int(answer[0]) + int(answer[1]) / 1_000_000


class Pulse:
    """What the beats say; `quarantine` is what a new connection begins with."""

    def __init__(self, quarantine: float) -> None:
        self._begins_with = quarantine
        self._last, self._sound_from = -inf, inf

    @property
    def sound(self) -> bool:
        return self._last >= self._sound_from

    def beat(self, now: float) -> float:
        """Take the next beat; return how long Redis was silent before it, 0 when it was not."""
        gap, self._last = now - self._last, now
        if self._sound_from == inf:
            self._sound_from = now + self._begins_with
        elif not 0 <= gap <= SILENCE:  # a clock that was set back tells nothing either
            self._sound_from = now + QUARANTINE
            return gap
        return 0.0

    def vouches(self, for_: float) -> bool | None:
        """Say whether what Redis told at that moment may be believed; None: not before the next beat."""
        if for_ > self._last + SILENCE:
            return None
        return for_ >= self._sound_from
