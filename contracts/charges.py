"""What a return costs extra: found by formula, decided by people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext

from accounts.models import User
from cars.models import Car, Damage
from contracts import pricing, wording
from contracts.errors import IllegalStep, need, need_reason
from contracts.events import happened
from contracts.models import Charge, Contract, Handover
from contracts.models.money import LineKind
from contracts.pricing import Line
from contracts.status import Status
from fleet.actor import verb
from fleet.db import unit
from fleet.errors import Invalid, NotFound
from fleet.money import rounded

_HOURS_A_DAY_COSTS = 6  # a late hour costs a sixth of a day, so four late hours are not a day yet, six are


@dataclass(frozen=True)
class Proposal:
    """A charge before it is written."""

    kind: str
    quantity: Decimal
    unit_price: Decimal
    explained: str
    inputs: dict[str, Any]

    @property
    def amount(self) -> Decimal:
        return rounded(self.quantity * self.unit_price)


def late(contract: Contract, now: datetime) -> Proposal | None:
    """Charge per started hour beyond 59 minutes of grace at a sixth of the daily rate, at most one day per 24 hours."""
    overdue = now - contract.end_at
    if overdue <= pricing.GRACE:
        return None
    days, rest = divmod(overdue, timedelta(days=1))
    hours = -(-rest // timedelta(hours=1))
    per_hour = contract.daily_rate / _HOURS_A_DAY_COSTS
    amount = rounded(days * contract.daily_rate + min(hours * per_hour, contract.daily_rate))
    total_hours = -(-overdue // timedelta(hours=1))
    return Proposal(
        LineKind.LATE,
        Decimal(1),
        amount,
        f"{total_hours} h late: {days} × {contract.daily_rate} + "
        f"min({hours} h × {contract.daily_rate}/{_HOURS_A_DAY_COSTS}, {contract.daily_rate})",
        {"due": contract.end_at.isoformat(), "back": now.isoformat(), "daily_rate": str(contract.daily_rate)},
    )


def excess_km(contract: Contract, driven: int, days: int) -> Proposal | None:
    """Charge kilometres beyond the allowance of the days agreed on."""
    if contract.km_per_day is None:
        return None
    included = contract.km_per_day * days
    over = driven - included
    if over <= 0 or not contract.excess_km_rate:
        return None
    return Proposal(
        LineKind.EXCESS_KM,
        Decimal(over),
        contract.excess_km_rate,
        f"{driven} km driven − {days} × {contract.km_per_day} km = {over} km × {contract.excess_km_rate}",
        {"driven_km": driven, "included_km": included, "rate": str(contract.excess_km_rate)},
    )


def fuel(car: Car, out: Handover, back: Handover) -> Proposal | None:
    """Charge missing eighths of the tank at the installation's price, and the fee for going to the pump."""
    if out.fuel_eighths is None or back.fuel_eighths is None or not car.tank_litres:
        return None
    missing = out.fuel_eighths - back.fuel_eighths
    if missing <= 0:
        return None
    litres = Decimal(missing) * car.tank_litres / 8
    amount = rounded(litres * settings.FUEL_PRICE + settings.FUEL_SERVICE_FEE)
    return Proposal(
        LineKind.FUEL,
        Decimal(1),
        amount,
        f"{car.license_plate}: {missing}/8 of {car.tank_litres} l = {litres.normalize():f} l × {settings.FUEL_PRICE} "
        f"+ {settings.FUEL_SERVICE_FEE}",
        {"missing_eighths": missing, "tank_litres": car.tank_litres, "price": str(settings.FUEL_PRICE)},
    )


def cleaning(car: Car, back: Handover) -> Proposal | None:
    if back.is_clean or not settings.CLEANING_FEE:
        return None
    fee = settings.CLEANING_FEE
    return Proposal(
        LineKind.CLEANING, Decimal(1), fee, f"{car.license_plate} came back dirty: {fee}", {"fee": str(fee)}
    )


def damage(found: Damage, estimate: Decimal | None) -> Proposal | None:
    """Charge what the person who found it estimates."""
    if not estimate:
        return None
    amount = rounded(estimate)
    return Proposal(
        LineKind.DAMAGE,
        Decimal(1),
        amount,
        f"{wording.kept(found.get_kind_display)}, {wording.kept(found.get_panel_display)}: estimated {amount}",
        {"damage": str(found.pk), "estimate": str(amount)},
    )


def of_cars(contract: Contract, back: Handover | None = None) -> list[Proposal | None]:
    """Return what the cars of a contract cost extra, over all its assignments, swaps included.

    `back` stands for the return of the car that is still out.
    """
    found: list[Proposal | None] = []
    driven = 0
    assignments = contract.assignments.select_related("occupancy__car").prefetch_related("handovers").order_by("seq")
    for assignment in assignments:
        seen = {handover.kind: handover for handover in assignment.handovers.all()}
        if back is not None and assignment.closed_at is None:
            seen[Handover.Kind.IN] = back
        if len(seen) < 2:  # given back before it ever left
            continue
        car, out, home = assignment.occupancy.car, seen[Handover.Kind.OUT], seen[Handover.Kind.IN]
        driven += home.odometer_km - out.odometer_km
        found += [fuel(car, out, home), cleaning(car, home)]
    return [excess_km(contract, driven, pricing.days_of(contract)), *found]


def propose(contract: Contract, proposals: Iterable[Proposal | None]) -> None:
    """Write the charges that were found."""
    for found in proposals:
        if found is not None and found.amount > 0:
            charge = Charge(contract=contract, kind=found.kind, inputs=found.inputs, explained=found.explained)
            charge.quantity, charge.unit_price, charge.amount = found.quantity, found.unit_price, found.amount
            unit.insert(charge)


@verb
def accept(charge_id: UUID, *, by: User, now: datetime) -> Charge:
    """Turn a proposed charge into a price line. Raises IllegalStep when it is decided or the contract closed."""
    contract, charge = _open_charge(charge_id, "accept charge")
    line = Line(
        charge.kind, wording.kept(charge.get_kind_display), charge.quantity, charge.unit_price, charge.explained
    )
    (charge.line,) = pricing.write(contract, [line])
    contract.total += charge.line.amount
    charge.status = Charge.Status.ACCEPTED
    charge.decided_by, charge.decided_at = by, now
    unit.update(charge, "line", "status", "decided_by", "decided_at")
    unit.update(contract, "total")
    happened("contract.charge_accepted", contract, charge=str(charge.pk), amount=str(charge.amount))
    return charge


@verb
def waive(charge_id: UUID, *, reason: str, by: User, now: datetime) -> Charge:
    """Let a charge go, with a reason of 10 characters. Needs contracts.waive_charge."""
    need(by, "contracts.waive_charge")
    need_reason(reason)
    contract, charge = _open_charge(charge_id, "waive charge")
    charge.status = Charge.Status.WAIVED
    charge.reason = reason.strip()
    charge.decided_by, charge.decided_at = by, now
    unit.update(charge, "status", "reason", "decided_by", "decided_at")
    happened("contract.charge_waived", contract, charge=str(charge.pk), amount=str(charge.amount))
    return charge


@verb
def decide(*, accepted: Iterable[UUID], waived: Mapping[UUID, str], by: User, now: datetime) -> None:
    """Accept some charges and waive others, each with its reason: all of it or nothing."""
    for charge_id in accepted:
        accept(charge_id, by=by, now=now)
    for charge_id, reason in waived.items():
        waive(charge_id, reason=reason, by=by, now=now)


@verb
def add_line(contract_id: UUID, *, kind: str, description: str, amount: Decimal, by: User, now: datetime) -> Contract:
    """Add a discount (below 0), a fine or another line by hand. Needs contracts.adjust_price."""
    need(by, "contracts.adjust_price")
    if kind not in (LineKind.DISCOUNT, LineKind.FINE, LineKind.OTHER):
        raise Invalid(kind=gettext("By hand only discounts, fines and others are added."), code="line_kind")
    if (kind == LineKind.DISCOUNT) != (amount < 0):
        raise Invalid(amount=gettext("A discount is below 0, everything else above."), code="line_sign")
    contract = Contract.objects.lock(contract_id)
    if contract.status in (Status.CLOSED, Status.CANCELLED, Status.EXPIRED, Status.NO_SHOW):
        raise IllegalStep(contract, "take another line")
    if contract.total + amount < 0:
        raise Invalid(amount=gettext("The discount is larger than the bill."), code="discount_too_large")
    line = Line(kind, description, Decimal(1), rounded(amount), f"entered by {by}: {rounded(amount)}")
    contract.total += pricing.total(pricing.write(contract, [line]))
    unit.update(contract, "total")
    happened("contract.line_added", contract, kind=kind, amount=str(line.amount))
    return contract


def _open_charge(charge_id: UUID, step: str) -> tuple[Contract, Charge]:
    """Return the charge and its contract, both locked, contract first."""
    contract_id = Charge.objects.filter(pk=charge_id).values_list("contract", flat=True).first()
    if contract_id is None:
        raise NotFound(gettext("There is no such charge."))
    contract = Contract.objects.lock(contract_id)
    charge = Charge.objects.lock(charge_id)
    if contract.status not in (Status.ACTIVE, Status.RETURNED):
        raise IllegalStep(contract, step)
    if charge.status != Charge.Status.PROPOSED:
        raise IllegalStep(
            contract, step, gettext("This charge is already %(status)s.") % {"status": charge.get_status_display()}
        )
    return contract, charge
