"""Money that changes hands: payments, refunds and deposits."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from contracts.errors import DepositOpen, IllegalStep, PaymentRefused, need
from contracts.events import happened
from contracts.models import Contract, Payment
from contracts.status import Status
from fleet.actor import verb
from fleet.db import unit
from fleet.errors import Invalid
from fleet.money import MOST, rounded, shown

_PERMISSION = {
    Payment.Kind.PAYMENT: "contracts.add_payment",
    Payment.Kind.DEPOSIT_HOLD: "contracts.add_payment",
    Payment.Kind.DEPOSIT_RELEASE: "contracts.add_payment",
    Payment.Kind.REFUND: "contracts.refund_payment",
    Payment.Kind.DEPOSIT_CAPTURE: "contracts.capture_deposit",
}
_COMES_IN = (Payment.Kind.PAYMENT, Payment.Kind.DEPOSIT_HOLD)

_BOUNDS = {
    "payment_refund_within_paid": lambda: PaymentRefused(
        gettext("More would be refunded than was paid."), code="refund_above_paid"
    ),
    "payment_deposit_within_held": lambda: PaymentRefused(
        gettext("More would be taken from the deposit than is held."), code="deposit_above_held"
    ),
    "payment_external_id_once": lambda: PaymentRefused(
        gettext("This payment is already booked on another contract."), code="payment_exists"
    ),
    "payment_contract_open": lambda: PaymentRefused(
        gettext("The contract is closed; no money moves on it."), code="contract_closed"
    ),
}


def allowed(user: Any) -> list[Payment.Kind]:
    """Return the kinds of movements that the user may write."""
    return [kind for kind, permission in _PERMISSION.items() if user.has_perm(permission)]


@verb
def record(
    contract_id: UUID,
    *,
    kind: str,
    method: str,
    amount: Decimal,
    external_id: str = "",
    note: str = "",
    by: User,
    now: datetime,
) -> Payment:
    """Write one movement of money. The same external id on the same contract again returns the first.

    Raises NotFound for a contract that `by` may not see, NotAllowed without the permission of the kind, and
    PaymentRefused beyond what was paid or is held.
    """
    kind = Payment.Kind(kind)
    need(by, _PERMISSION[kind])
    contract = Contract.objects.visible_to(by).lock(contract_id)
    return _record(contract, kind, Tender(method, external_id), amount, note=note, now=now)


@dataclass(frozen=True)
class Tender:
    """How somebody pays."""

    method: str
    external_id: str = ""


def _record(
    contract: Contract, kind: Payment.Kind, tender: Tender, amount: Decimal, *, note: str = "", now: datetime
) -> Payment:
    if not amount.is_finite() or not Decimal(0) < amount <= MOST or amount != rounded(amount):
        raise Invalid(amount=gettext("Give an amount above 0 with at most two decimals."), code="bad_amount")
    named = {"method": tender.method, "external_id": tender.external_id}
    first = Payment.objects.filter(contract=contract, **named).first() if tender.external_id else None
    if first is not None:
        if (first.kind, first.amount) != (kind, amount):
            raise PaymentRefused(gettext("This slip belongs to another payment."), code="payment_exists")
        return first
    if contract.status in (Status.CANCELLED, Status.EXPIRED, Status.CLOSED) and kind in _COMES_IN:
        raise IllegalStep(contract, "take money")
    payment = unit.insert(Payment(contract=contract, kind=kind, amount=amount, note=note, at=now, **named), _BOUNDS)
    happened("contract.money_moved", contract, payment=str(payment.pk), kind=kind, amount=str(amount))
    return payment


def take_deposit(contract: Contract, tender: Tender, *, by: User, now: datetime) -> None:
    """Take what is missing of the deposit. The contract must be locked."""
    missing = contract.deposit - contract.payments.sums()[1]
    if missing > 0:
        need(by, _PERMISSION[Payment.Kind.DEPOSIT_HOLD])
        _record(contract, Payment.Kind.DEPOSIT_HOLD, tender, missing, now=now)


def release_deposit(contract: Contract, *, by: User, now: datetime) -> None:
    """Give back what is still held, by the method by which it was taken. The contract must be locked."""
    left = contract.payments.sums()[1]
    if left > 0:
        need(by, _PERMISSION[Payment.Kind.DEPOSIT_RELEASE])
        _from_deposit(contract, Payment.Kind.DEPOSIT_RELEASE, left, now=now)


def cover_from_deposit(contract: Contract, *, by: User, now: datetime) -> None:
    """Keep as much of the deposit as is still to pay. The contract must be locked."""
    paid, held = contract.payments.sums()
    part = min(contract.total - paid, held)
    if part > 0:
        need(by, _PERMISSION[Payment.Kind.DEPOSIT_CAPTURE])
        _from_deposit(contract, Payment.Kind.DEPOSIT_CAPTURE, part, now=now)


def _from_deposit(contract: Contract, kind: Payment.Kind, left: Decimal, *, now: datetime) -> None:
    """Move so much of the deposit, by the methods by which it was taken, what came last first."""
    holds = contract.payments.filter(kind=Payment.Kind.DEPOSIT_HOLD).order_by("-at", "-id")
    for hold in holds:
        part = min(hold.amount, left)
        if part <= 0:
            break
        _record(contract, kind, Tender(hold.method), part, now=now)
        left -= part
    if left > 0:
        raise DepositOpen(gettext("%(amount)s of the deposit is still held.") % {"amount": shown(left)})
