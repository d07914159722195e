"""What is asked of Redis in one turn of the event loop."""

import asyncio
from dataclasses import dataclass, field
from typing import Any


class Away(Exception):
    """Redis cannot be reached, or has just come back."""


@dataclass(slots=True)
class Turn:
    """What was asked in one turn of the event loop, and what has been answered."""

    packed: list[bytes] = field(default_factory=list)
    askers: list[tuple[int, int, int | None, asyncio.Future[list[Any]]]] = field(default_factory=list)
    places: dict[bytes, int] = field(default_factory=dict)  # of the answers to what is shared
    left: int = 1  # the time
    asked: float = 0.0
    answers: list[Any] = field(default_factory=list)
    moment: float = 0.0

    def add(self, packed: bytes, answers: int, shared: bytes, future: asyncio.Future[list[Any]]) -> None:
        """Take what somebody asks; what several share is asked once, and answered to each of them first."""
        place = self.places.get(shared) if shared else None
        if shared and place is None:
            place = self.places[shared] = self._take(shared, 1)
        self.askers.append((self._take(packed, answers), answers, place, future))

    def _take(self, packed: bytes, answers: int) -> int:
        """Return the place of the first of these answers; the last one of all is the time."""
        first = self.left - 1
        self.packed.append(packed)
        self.left += answers
        return first

    def tell(self) -> None:
        for first, count, place, future in self.askers:
            if not future.done():
                own = self.answers[first : first + count]
                future.set_result(own if place is None else [self.answers[place], *own])

    def fail(self) -> None:
        for *_, future in self.askers:
            if not future.done():
                future.set_exception(Away())
