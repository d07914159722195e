"""Contracts at risk, for the apps below: found by query, told by event and notice."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cars.risks import AtRisk
from contracts.events import happened
from contracts.models import Contract
from contracts.risks import CODES
from notifications import notices

_ACTING = ("manager", "agent")  # who can move a booking to another car


def at_risk(*, cars: Iterable[UUID] | None, now: datetime) -> list[AtRisk]:
    """Return what is at risk, the next one first, in one statement."""
    contracts = Contract.objects.all() if cars is None else Contract.objects.filter(car__in=cars)
    found = contracts.at_risk(now).with_risks(now).select_related("car").order_by("start_at", "pk")
    return [_plain(contract) for contract in found]


def tell(found: Sequence[AtRisk], *, by: User | None, now: datetime) -> None:
    """Publish each contract as at risk and tell those who can do something about it, save the one who did it."""
    known = Contract.objects.in_bulk([risk.contract_id for risk in found])
    acting = User.objects.active().in_role(*_ACTING).order_by("pk")
    told = list(acting.exclude(pk=by.pk) if by else acting)
    for risk in found:
        contract = known[risk.contract_id]
        happened("contract.at_risk", contract, once_per=now.isoformat(), because=sorted(risk.codes))
        notices.notify(
            told,
            "contract_at_risk",
            title=format_lazy(_("{contract} is at risk"), contract=contract.reference),
            text=format_lazy("{car}: {why}", car=risk.plate, why=Joined(risk.reasons)),
            about=contract,
            key=f"contract.at_risk:{contract.pk}:{now.isoformat()}",
            urgent=risk.start_at <= now,
        )


class Joined:
    """Several lazy texts with commas between, in the language of whoever reads them."""

    def __init__(self, texts: Iterable[Any]) -> None:
        self.texts = tuple(texts)

    def __str__(self) -> str:
        return ", ".join(str(text) for text in self.texts)


def _plain(contract: Any) -> AtRisk:
    codes = sorted(contract.risks.split())
    return AtRisk(
        contract.pk,
        contract.reference,
        contract.status,
        contract.start_at,
        contract.end_at,
        contract.car_id,
        contract.car.license_plate,
        frozenset(codes),
        tuple(CODES[code] for code in codes),
    )
