"""What one request read and when its answer may change by itself: for who wants to keep the answer."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a request was counted for, and what proves that his credential is good: see fleet/quick.py."""

    caller: Any  # limits.Caller
    policy: Any  # limits.Policy
    user: Any
    auth: Any
    tables: frozenset[str] = frozenset()  # that the credential was read from
    fields: tuple[bytes, ...] = ()  # their names in Redis, and their states from before
    states: tuple[bytes | None, ...] = ()
    until: datetime | None = None


@dataclass
class Witness:
    """Filled while a request is answered. Nothing is kept whose witness is not `clean`."""

    tables: set[str] = field(default_factory=set)  # or parts of them: names of fleet/db/regions.py
    wrote: bool = False
    elsewhere: bool = False  # asked another server than the primary, or something we cannot follow
    until: datetime | None = None
    states: Mapping[bytes, bytes | None] | None = None  # of every table, from before the request; None: unknown
    caller: Known | None = None  # who was counted

    @property
    def clean(self) -> bool:
        return bool(self.tables) and self.caller is not None and not (self.wrote or self.elsewhere)

    def forget(self) -> None:
        """Begin anew: somebody else will answer."""
        self.tables, self.until, self.caller = set(), None, None


_current: ContextVar[Witness | None] = ContextVar("fleet_witness", default=None)


@contextmanager
def watching(witness: Witness) -> Iterator[None]:
    token = _current.set(witness)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Witness | None:
    return _current.get()


def until(moment: datetime | None) -> None:
    """Say that what is being answered changes at this moment without a write: something expires or begins."""
    witness = _current.get()
    if witness is not None and moment is not None and (witness.until is None or moment < witness.until):
        witness.until = moment
