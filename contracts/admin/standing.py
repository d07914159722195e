"""How a contract stands, in a word and a colour, and what its page says first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contracts.admin import clock
from contracts.models import Contract
from contracts.status import Status
from fleet.money import shown

OVERDUE: Final = "overdue"
# Unfold's colours of badges, by what the badge says.
COLOURS: Final = {
    Status.PENDING.value: "warning",
    Status.CONFIRMED.value: "info",
    Status.ACTIVE.value: "success",
    OVERDUE: "danger",
    Status.RETURNED.value: "primary",
}


@dataclass(frozen=True)
class Fact:
    """A label and what stands under it; `badge` is (colour, word)."""

    label: Any
    text: Any
    badge: tuple[str, Any] | None = None


def of(contract: Contract, now: datetime) -> tuple[str, Any]:
    """Return what the contract is called now: its status, or overdue, as (key, word)."""
    if contract.status == Status.ACTIVE and contract.end_at < now:
        return OVERDUE, _("overdue")
    return contract.status, contract.get_status_display()


def sees_money(user: Any) -> bool:
    return bool(user.has_perm("contracts.view_payment"))


def strip(contract: Any, user: Any, now: datetime) -> list[Fact]:
    """Return the facts above a contract's page; the contract comes with its desk and its money."""
    return list(_facts(contract, user, now))


def _facts(contract: Any, user: Any, now: datetime) -> Iterator[Fact]:
    zone = contract.pickup_branch.zone
    key, word = of(contract, now)
    yield Fact(_("Contract"), contract.reference, (COLOURS.get(key, ""), word))
    yield Fact(_("Customer"), contract.customer or _("not named yet"))
    yield Fact(_("Car"), contract.car)
    yield Fact(_("Out"), clock.shown(contract.picked_up_at or contract.start_at, zone))
    yield Fact(_("Back"), clock.shown(contract.returned_at or contract.end_at, zone))
    yield Fact(_("Total"), shown(contract.total))
    if sees_money(user):
        yield Fact(_("Paid"), shown(contract.paid))
        yield Fact(_("To pay"), shown(contract.balance))
        yield Fact(_("Deposit held"), shown(contract.held))
