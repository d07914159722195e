"""What apps above keep of a customer. Customers know no contracts: who does registers in FLEET_CUSTOMER_HOLDERS."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol, cast
from uuid import UUID

from django.conf import settings

from customers.models import Customer


@dataclass(frozen=True)
class Kept:
    """Something that an erasure leaves, and the reason in law or in bookkeeping."""

    what: str
    count: int
    why: str


@dataclass
class Holding:
    """What a holder says of a customer: why an erasure must wait, what goes, what stays."""

    waits: list[str] = field(default_factory=list)
    goes: dict[str, int] = field(default_factory=dict)
    stays: list[Kept] = field(default_factory=list)


class Holder(Protocol):
    """A module with these functions."""

    def holding(self, customers: list[Customer]) -> Holding:
        """Say what there is."""

    def move(self, gone: Customer, kept: Customer) -> dict[str, int]:
        """Give everything of one customer to another, in the current transaction; say how much."""

    def forget(self, customers: list[Customer]) -> None:
        """Remove what `holding()` says goes, in the current transaction."""

    def told(self, customer: Customer) -> Iterator[tuple[str, Any]]:
        """Yield (name, rows or bytes) for the export of a person's data."""

    def letters(self, customers: list[Customer]) -> list[str]:
        """Return the beginnings of the keys of letters that were written to these customers."""

    def free_since(self, ids: Iterable[UUID]) -> dict[UUID, datetime | None]:
        """Return since when nothing runs for them; None while something does, absent when there never was anything."""


def all_holders() -> list[Holder]:
    return [cast("Holder", import_module(name)) for name in settings.FLEET_CUSTOMER_HOLDERS]
