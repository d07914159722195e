"""Whether this worker, or the whole instance, is about to go."""

import mmap
from collections.abc import Callable
from typing import Final

_instance: Final = mmap.mmap(-1, 1)  # shared with the workers, which are forked from the process that makes it
_told: list[Callable[[], None]] = []
_worker = {"leaves": False}


def announce_instance() -> None:
    """Say, in the master, that the instance goes: its workers are not ready any more, from now on."""
    _instance[0] = 1


def announce_worker() -> None:
    _worker["leaves"] = True
    for tell in _told:
        tell()


def when_worker_leaves(tell: Callable[[], None]) -> None:
    _told.append(tell)


def instance() -> bool:
    return bool(_instance[0])


def worker() -> bool:
    return _worker["leaves"]
