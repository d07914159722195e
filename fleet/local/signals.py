"""Ctrl-C, SIGTERM and a closed terminal: an orderly end for all three."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped(signal.Signals(number).name)


@contextmanager
def raised() -> Iterator[None]:
    """Turn the signals that end a program into Stopped for the block, so that `finally` is reached."""
    before = {number: signal.signal(number, _stop) for number in _ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignored() -> None:
    """Let no second Ctrl-C interrupt the stopping."""
    for number in _ENDS:
        signal.signal(number, signal.SIG_IGN)
