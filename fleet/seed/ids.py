"""UUIDv7 in text, for moments in the past: ids sort as if the rows had been written then (RFC 9562)."""

from random import Random

from fleet.seed.clock import Clock

_LOW = (1 << 62) - (1 << 12)
_VARIANT = 1 << 63
_VERSION = 7 << 76


class Ids:
    """Reproducible ids: the same seed gives the same ones."""

    def __init__(self, rng: Random, clock: Clock) -> None:
        self._bits, self._milliseconds = rng.getrandbits, clock.milliseconds

    def new(self, minute: int) -> str:
        return f"{self.number(minute):032x}"

    def number(self, minute: int) -> int:
        """Return the id as a number; some thousands above it are free."""
        bits = self._bits(89)  # 15 for milliseconds within the minute, 74 that are random anyway
        at = self._milliseconds(minute) + (bits >> 74)
        return at << 80 | _VERSION | (bits >> 62 & 0xFFF) << 64 | _VARIANT | bits & _LOW
