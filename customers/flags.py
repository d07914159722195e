"""What the counter must know about a customer: raised with a reason, cleared by name, never deleted."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from customers.errors import AlreadyCleared, AlreadyFlagged, Gone
from customers.models import Customer, Flag
from fleet.actor import verb
from fleet.errors import Invalid
from notifications import outbox

DEFAULT_LEVELS: Final = {
    Flag.Kind.DO_NOT_RENT: Flag.Level.BLOCK,
    Flag.Kind.FRAUD: Flag.Level.BLOCK,
    Flag.Kind.DEBT: Flag.Level.WARN,
}
_REPEATABLE: Final = (Flag.Kind.NOTE,)


@verb
def raise_flag(customer_id: UUID, *, kind: str, reason: str, level: str = "", by: User) -> Flag:
    """Flag the customer; without a level it is the usual one of the kind. Raises AlreadyFlagged and Gone."""
    reason = reason.strip()
    if not reason:
        raise Invalid(reason=gettext("Say why."), code="reason_missing")
    customer = Customer.objects.lock(customer_id)
    if customer.status != Customer.Status.ACTIVE:
        raise Gone
    if kind not in _REPEATABLE and customer.flags.open().filter(kind=kind).exists():
        raise AlreadyFlagged
    chosen = level or DEFAULT_LEVELS.get(Flag.Kind(kind), Flag.Level.INFO)
    flag = Flag.objects.create(customer=customer, kind=kind, level=chosen, reason=reason)
    outbox.publish(
        "customer.flagged",
        customer,
        key=f"customer.flagged:{flag.pk}",
        payload={"flag": str(flag.pk), "kind": str(kind), "level": str(chosen)},
    )
    return flag


@verb
def clear_flag(flag_id: UUID, *, by: User, now: datetime) -> Flag:
    """Close the flag; it stays in the customer's history. Raises AlreadyCleared."""
    flag = Flag.objects.lock(flag_id)
    if flag.cleared_at is not None:
        raise AlreadyCleared
    flag.cleared_at, flag.cleared_by = now, by
    flag.save(update_fields=["cleared_at", "cleared_by"])
    outbox.publish(
        "customer.flag_cleared",
        flag.customer,
        key=f"customer.flag_cleared:{flag.pk}",
        payload={"flag": str(flag.pk), "kind": flag.kind},
    )
    return flag
