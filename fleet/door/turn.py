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
    askers: list[tuple[int, asyncio.Future[list[Any]]]] = field(default_factory=list)
    left: int = 1  # the time
    asked: float = 0.0
    answers: list[Any] = field(default_factory=list)
    moment: float = 0.0

    def tell(self) -> None:
        first = 0
        for count, future in self.askers:
            if not future.done():
                future.set_result(self.answers[first : first + count])
            first += count

    def fail(self) -> None:
        for _, future in self.askers:
            if not future.done():
                future.set_exception(Away())
