"""A bar on standard error, drawn on a terminal only."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TextIO

_WIDTH = 30
_EVERY = 0.1  # seconds between two drawings


class Progress:
    """Counts; draws `label ███░░ 1,200/4,500 26 %`."""

    def __init__(self, label: str, total: int, stream: TextIO | None = None) -> None:
        self.label, self.total, self.done = label, total, 0
        self.stream = stream or sys.stderr
        self.visible = self.stream.isatty()
        self._drawn_at = 0.0

    def advance(self, count: int = 1) -> None:
        self.done += count
        now = time.monotonic()
        if self.visible and (now - self._drawn_at > _EVERY or self.done >= self.total):
            self._drawn_at = now
            self.stream.write(f"\r{self}")
            self.stream.flush()

    def close(self) -> None:
        if self.visible and self.done:
            self.stream.write("\n")

    def __str__(self) -> str:
        share = min(1.0, self.done / self.total) if self.total else 1.0
        full = int(share * _WIDTH)
        bar = "█" * full + "░" * (_WIDTH - full)
        return f"{self.label} {bar} {self.done:,}/{self.total:,} {share:.0%}"


def tracked[T](items: Iterable[T], label: str, total: int, stream: TextIO | None = None) -> Iterator[T]:
    """Yield the items while the bar grows."""
    progress = Progress(label, total, stream)
    try:
        for item in items:
            yield item
            progress.advance()
    finally:
        progress.close()
