"""Which bookings and rentals of a car are at risk; contracts live above, so settings name who knows."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class AtRisk:
    """A contract that may fail as things stand, and why."""

    contract_id: UUID
    reference: str
    status: str
    start_at: datetime
    end_at: datetime
    car_id: UUID
    plate: str
    codes: frozenset[str]
    reasons: tuple[Any, ...] = ()  # the codes in words, each in the reader's language


def of(cars: Iterable[UUID] | None, now: datetime) -> list[AtRisk]:
    """Return what is at risk now, the next one first; `cars` narrows to these (None = all)."""
    found: list[AtRisk] = import_string(settings.FLEET_RISKS)(cars=cars, now=now)
    return found


@contextmanager
def watched(car_id: UUID, *, by: Any, now: datetime) -> Iterator[list[AtRisk]]:
    """Look at the car's contracts before and after the block; what has got worse is told, in the same transaction.

    The list is filled when the block ends, with all that is at risk then.
    """
    before = {risk.contract_id: risk.codes for risk in of([car_id], now)}
    left: list[AtRisk] = []
    yield left
    left += of([car_id], now)
    worse = [risk for risk in left if risk.codes - before.get(risk.contract_id, frozenset())]
    if worse:
        import_string(settings.FLEET_RISK_TOLD)(worse, by=by, now=now)
