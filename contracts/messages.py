"""What customers are written: a letter in the transaction of the step, in their language, if they have an address."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from contracts import wording
from contracts.models import Contract
from fleet.db.period import local_day
from fleet.money import ZERO, shown
from notifications import mail

OVERDUE_AFTER = timedelta(hours=1)  # by then the grace of 59 minutes is over


def confirmed(contract: Contract) -> None:
    _write("booking_confirmed", contract, key=f"{contract.version}")


def agreed(contract: Contract) -> list[list[str]]:
    """Return what a booking says now, for the letter that tells of its change."""
    with translation.override(_language(contract)):
        rows: list[list[str]] = _facts(contract)["rows"]
        return rows


def changed(contract: Contract, before: Sequence[Sequence[str]]) -> None:
    """Tell what the booking says from now on, and what it said `before`."""

    def former(_contract: Contract) -> dict[str, Any]:
        now = dict(_facts(contract)["rows"])
        return {"former": [row for row in before if now.get(row[0]) != row[1]]}

    _write("booking_changed", contract, key=f"{contract.version}", told=former)


def settled(contract: Contract) -> None:
    """Send the receipt, when the last cent is settled and the bill will not change any more."""
    _write("receipt", contract, key="", told=_bill)


def pick_ups_tomorrow(*, on: date) -> int:
    """Remind everybody who picks a car up on the day after `on`; again it writes nothing. Returns how many."""
    tomorrow = on + timedelta(days=1)
    first, last = local_day(tomorrow)
    coming = Contract.objects.going_out(first, last).with_desk().order_by("start_at")
    return sum(_in_one_go("pick_up_tomorrow", contract, key=f"{contract.start_at:%Y%m%d}") for contract in coming)


def overdue(*, now: datetime) -> int:
    """Write once per agreed end to everybody whose car should be back; returns how many."""
    late = Contract.objects.overdue(now - OVERDUE_AFTER).with_desk().order_by("end_at")
    return sum(_in_one_go("overdue", contract, key=f"{contract.end_at:%Y%m%d%H%M}") for contract in late)


def _in_one_go(template: str, contract: Contract, *, key: str) -> bool:
    with transaction.atomic():
        return _write(template, contract, key=key)


def _bill(contract: Contract) -> dict[str, Any]:
    lines = [[wording.told(line.description), shown(line.amount)] for line in contract.lines.order_by("id")]
    paid, _held = contract.payments.sums()
    left = contract.total - paid
    return {"lines": lines, "total": shown(contract.total), "paid": shown(paid), "open": shown(left) if left else ""}


def _write(
    template: str, contract: Contract, *, key: str, told: Callable[[Contract], dict[str, Any]] | None = None
) -> bool:
    customer = contract.customer
    if customer is None or not customer.email:
        return False
    with translation.override(_language(contract)):
        context = {**_facts(contract), **(told(contract) if told else {}), "name": customer.name}
    return mail.queue(
        template, to=customer.email, language=customer.language, context=context, key=f"{template}:{contract.pk}:{key}"
    )


def _language(contract: Contract) -> str:
    return contract.customer.language if contract.customer else ""


def _facts(contract: Contract) -> dict[str, Any]:
    zone_out, zone_back = contract.pickup_branch.zone, contract.return_branch.zone
    pick_up = f"{contract.start_at.astimezone(zone_out):%d.%m.%Y %H:%M}, {contract.pickup_branch.name}"
    due_back = f"{contract.end_at.astimezone(zone_back):%d.%m.%Y %H:%M}, {contract.return_branch.name}"
    car = contract.car
    rows = [
        [_("Contract"), contract.reference],
        [_("Car"), f"{car.manufacturer} {car.model}, {car.license_plate}"],
        [_("Pick-up"), pick_up],
        [_("Return"), due_back],
        [_("Price"), shown(contract.total)],
    ]
    if contract.deposit > ZERO:
        rows.append([_("Deposit"), shown(contract.deposit)])
    if contract.pickup_branch.phone:
        rows.append([_("Phone"), contract.pickup_branch.phone])
    return {"reference": contract.reference, "rows": rows, "pick_up": pick_up, "due_back": due_back}
