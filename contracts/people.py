"""What contracts keep of a customer: moved when two are merged, told when asked for, left under a pseudonym."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from contracts import agreement
from contracts.models import Agreement, Contract, Handover
from contracts.querysets import ContractQuerySet
from contracts.status import ENDED, Status
from customers.holders import Holding, Kept
from customers.models import Customer

_OVER = (*ENDED, Status.EXPIRED)
_FREE_TEXTS = ("notes", "pickup_place", "return_place", "pickup_position", "return_position")


def of(customers: Iterable[Customer]) -> ContractQuerySet:
    """Return contracts that these customers pay for or drive in."""
    return Contract.objects.of_people(one.pk for one in customers)


def holding(customers: list[Customer]) -> Holding:
    contracts = of(customers)
    held = Holding()
    for one in contracts.exclude(status__in=_OVER).order_by("reference"):
        held.waits.append(_("%(contract)s is still open.") % {"contract": one.reference})
    over: Any = contracts.filter(status__in=_OVER).with_money()
    for one in over.exclude(balance=0, held=0).order_by("reference"):
        held.waits.append(_("On %(contract)s money is owed or held.") % {"contract": one.reference})
    texts = sum(1 for one in contracts.only(*_FREE_TEXTS) if any(getattr(one, name) for name in _FREE_TEXTS))
    held.goes = {
        _("notes and places on contracts"): texts,
        _("remarks at hand-overs"): _handovers(customers).exclude(remarks="").count(),
    }
    written = Agreement.objects.filter(contract__in=contracts).count()
    held.stays = [
        Kept(_("contracts"), contracts.count(), _("bookkeeping; they name the pseudonym")),
        Kept(_("agreements"), written, _("signed evidence, unchanged and with the name, as long as tax law asks")),
    ]
    return held


def move(gone: Customer, kept: Customer) -> dict[str, int]:
    paid = list(Contract.objects.filter(customer=gone).order_by("pk").select_for_update(no_key=True, of=("self",)))
    for contract in paid:
        contract.customer = kept
        contract.save(update_fields=["customer"])
    driven = list(Contract.objects.filter(drivers=gone).order_by("pk"))
    for contract in driven:
        contract.drivers.remove(gone)
        contract.drivers.add(kept)
    return {"contracts": len(paid), "drives": len(driven)}


def forget(customers: list[Customer]) -> None:
    for contract in of(customers).order_by("pk"):
        written = [name for name in _FREE_TEXTS if getattr(contract, name)]
        for name in written:
            setattr(contract, name, "")
        if written:
            contract.save(update_fields=written)
    for handover in _handovers(customers).exclude(remarks=""):
        handover.remarks = ""
        handover.save(update_fields=["remarks"])


def told(customer: Customer) -> Iterator[tuple[str, Any]]:
    """Yield the contracts with their money and hand-overs, then the PDF of every version of their agreements."""
    contracts = list(of([customer]).select_related("car").order_by("start_at"))
    yield "contracts", [_told(contract) for contract in contracts]
    for found in Agreement.objects.filter(contract__in=contracts).select_related("contract").order_by("pk"):
        if found.contract.customer_id == customer.pk:  # another's agreement is not his, also when he drove
            yield f"agreements/{found.contract.reference}-{found.number}.pdf", agreement.pdf(found)


def letters(customers: list[Customer]) -> list[str]:
    ids = of(customers).filter(customer__in=[one.pk for one in customers]).values_list("pk", flat=True)
    return [f":{pk}:" for pk in ids]


def free_since(ids: Iterable[UUID]) -> dict[UUID, datetime | None]:
    wanted = list(ids)
    free: dict[UUID, datetime | None] = {}
    for relation in ("customer", "drivers"):
        rows = Contract.objects.filter(**{f"{relation}__in": wanted}).order_by()
        ended = rows.filter(status__in=_OVER).values_list(relation).annotate(last=Max("ended_at"))
        for pk, last in ended:
            before = free.get(pk)
            free[pk] = max(before, last) if before and last else before or last
    for relation in ("customer", "drivers"):
        busy = Contract.objects.filter(**{f"{relation}__in": wanted}).exclude(status__in=_OVER)
        free.update(dict.fromkeys(busy.values_list(relation, flat=True), None))
    return free


def _handovers(customers: list[Customer]) -> Any:
    return Handover.objects.filter(assignment__contract__in=of(customers))


def _told(contract: Contract) -> dict[str, Any]:
    shown = (
        "reference",
        "status",
        "start_at",
        "end_at",
        "picked_up_at",
        "returned_at",
        "total",
        "deposit",
        *_FREE_TEXTS,
    )
    seen = Handover.objects.filter(assignment__contract=contract).order_by("at")
    return {
        **{name: getattr(contract, name) for name in shown},
        "car": str(contract.car),
        "lines": list(contract.lines.order_by("pk").values("description", "quantity", "unit_price", "amount")),
        "payments": list(contract.payments.order_by("at").values("at", "kind", "method", "amount")),
        "charges": list(contract.charges.order_by("pk").values("kind", "amount", "status", "explained")),
        "handovers": list(seen.values("kind", "at", "odometer_km", "fuel_eighths", "battery_pct", "remarks")),
    }
