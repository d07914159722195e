"""Whether writes wait in this unit of work (fleet/db/unit.py), for the connection that must not overtake them."""

from collections.abc import Iterator, Set
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Unit(Protocol):
    @property
    def tables(self) -> Set[str]: ...
    def write(self) -> None: ...


_current: ContextVar[Unit | None] = ContextVar("fleet_waiting", default=None)


def current() -> Unit | None:
    return _current.get()


@contextmanager
def bound(unit: Unit) -> Iterator[None]:
    token = _current.set(unit)
    try:
        yield
    finally:
        _current.reset(token)


def write() -> None:
    """Write everything that waits."""
    unit = _current.get()
    if unit is not None:
        unit.write()


def tables() -> Set[str]:
    """Return the tables for which something waits."""
    unit = _current.get()
    return unit.tables if unit is not None else frozenset()
