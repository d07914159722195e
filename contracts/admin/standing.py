"""How a contract stands, in a word and a colour, and what its page says first."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.admin import clock
from contracts.models import Contract
from contracts.status import Status
from fleet.admin.tabs import Fact, facts
from fleet.money import shown

OVERDUE: Final = "overdue"
# Unfold's colours of badges, by what the badge says.
# The others have none; of a key that is missing Unfold would show the code instead of the word.
COLOURS: Final = defaultdict(
    str,
    {
        Status.PENDING.value: "warning",
        Status.CONFIRMED.value: "info",
        Status.ACTIVE.value: "success",
        OVERDUE: "danger",
        Status.RETURNED.value: "primary",
    },
)


PILLS: Final = {
    Status.PENDING.value: "is-yellow",
    Status.CONFIRMED.value: "is-blue",
    Status.ACTIVE.value: "is-green",
    OVERDUE: "is-red",
    Status.RETURNED.value: "is-purple",
}


def of(contract: Contract, now: datetime) -> tuple[str, Any]:
    """Return what the contract is called now: its status, or overdue, as (key, word)."""
    if contract.status == Status.ACTIVE and contract.end_at < now:
        return OVERDUE, _("overdue")
    return contract.status, contract.get_status_display()


def sees_money(user: Any) -> bool:
    return bool(user.has_perm("contracts.view_payment"))


def pill(contract: Contract, now: datetime) -> tuple[str, Any]:
    """Return the tone and the word of where the contract stands."""
    key, word = of(contract, now)
    return PILLS.get(key, ""), word


@facts("contracts.contract")
def strip(contract: Any, request: HttpRequest) -> Iterator[Fact]:
    """Yield the facts above a contract's page; the contract comes with its desk and its money."""
    zone, user = contract.pickup_branch.zone, request.user
    yield Fact(_("Contract"), contract.reference, pill(contract, timezone.now()))
    yield _linked(_("Customer"), contract.customer, user)
    yield _linked(_("Car"), contract.car, user)
    yield Fact(pgettext_lazy("a car", "Out"), clock.shown(contract.picked_up_at or contract.start_at, zone))
    yield Fact(pgettext_lazy("a car", "Back"), clock.shown(contract.returned_at or contract.end_at, zone))
    yield Fact(_("Total"), shown(contract.total))
    if sees_money(user):
        owed = contract.balance > 0
        yield Fact(_("Paid"), shown(contract.paid))
        yield Fact(_("To pay"), shown(contract.balance), ("is-red", _("open")) if owed else None)
        yield Fact(_("Deposit held"), shown(contract.held))


def _linked(label: Any, row: Any, user: Any) -> Fact:
    if row is None:
        return Fact(label, _("not named yet"))
    app, model = row._meta.app_label, row._meta.model_name
    may = user.has_perm(f"{app}.view_{model}")
    return Fact(label, row, link=reverse(f"admin:{app}_{model}_change", args=[row.pk]) if may else "")
