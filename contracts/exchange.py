"""Which cars can take the place of the one that is out, and why the others cannot."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q

from contracts.models import Contract
from contracts.search import Answer, Offer, Wanted, search
from customers.models import Customer, Flag
from fleet.db.period import Period


def possible(contract: Contract, *, now: datetime, explain: bool = False) -> Answer:
    """Return cars that are free until the agreed end: the same class first, then those above, then those below.

    Nothing is possible once that end has passed: the rental is extended first.
    """
    if contract.end_at <= now:
        return Answer([], [], [])
    rest = Period(now, contract.end_at)
    found = search(Wanted(rest, at_counter=True, drivers=_drivers(contract)), now=now, explain=explain)
    refused = [taken for taken in found.refused if taken.car.pk != contract.car_id]
    agreed, here = contract.category, contract.car.branch_id

    def nearness(offer: Offer) -> tuple[Any, ...]:
        category = offer.car.category
        rank = category.upgrade_rank - agreed.upgrade_rank
        return (
            category != agreed,
            rank < 0,
            abs(rank),
            category.code,
            offer.car.branch_id != here,
            offer.car.license_plate,
        )

    return Answer(sorted(found.free, key=nearness), refused, [])


def _drivers(contract: Contract) -> tuple[Customer, ...]:
    """Return who drives, with the flags that the gate asks for."""
    flags = Prefetch("flags", Flag.objects.open())
    named = tuple(contract.drivers.prefetch_related(flags))
    payer = Q(pk=contract.customer_id, kind=Customer.Kind.PERSON)
    return named or tuple(Customer.objects.filter(payer).prefetch_related(flags))
