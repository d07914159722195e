"""May this car go out? The one gate for search, booking, check-out, extension, swap, admin and API."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q
from django.utils.translation import gettext

from cars import facts
from cars.models import Car
from cars.querysets import CarQuerySet
from contracts import party
from contracts.errors import LEAST_REASON, NotRentable, need
from contracts.gate import Case, Refusal, Severity, judge
from contracts.models import Assignment, Contract
from fleet.db.period import Period
from fleet.errors import Invalid, NotFound


@dataclass(frozen=True)
class Override:
    """Somebody says yes where the gate says no, and why."""

    code: str
    reason: str


def of_contract(
    contract: Contract,
    car: Car,
    period: Period,
    *,
    whole: Period | None = None,
    at_counter: bool = False,
    leaving: bool = False,
    continuing: bool = True,
    now: datetime,
) -> list[Refusal]:
    """Return why the car may not go out under the contract in the period, blocks first; in one statement.

    `whole` is the entire rental where the period is only a part of it. `leaving` adds what only matters with the
    customer at the counter; with `continuing` the start is not up for discussion. The contract's own row in the ledger
    does not stand in its way.
    """
    asked = {"car": car.pk, "contract": contract.pk, "customer": contract.customer_id}
    found: Any
    found, known = next(_OF_CONTRACT(period, now, **asked), (None, None))
    if known is None:
        raise NotFound(gettext("There is no car %(id)s.") % {"id": car.pk})
    customer, drivers = party.of(contract.customer_id, found.named, party.unpacked(found.packed_people))
    case = Case(found, known, period, now, whole or period, customer, drivers, at_counter, leaving, continuing)
    return judge(replace(case, ignoring=frozenset(str(pk) for pk in found.own)))


def _of_contract(car: UUID, contract: UUID, customer: UUID) -> CarQuerySet:
    drives = Contract.drivers.through.objects.filter(contract=contract).values("customer")
    own = Assignment.objects.open().filter(contract=contract).values("occupancy")
    return Car.objects.filter(pk=car).annotate(
        packed_people=party.packed(Q(pk=customer) | Q(pk__in=drives)),
        named=ArraySubquery(drives.order_by("customer__name", "customer")),
        own=ArraySubquery(own),
    )


_OF_CONTRACT: Final = facts.Reader(
    _of_contract, "packed_people", "named", "own", car=UUID, contract=UUID, customer=UUID
)


def settled_codes(contract: Contract) -> set[str]:
    """Return the codes that were overridden once for the whole contract: who drives does not change with the car."""
    return {entry["code"] for entry in contract.overrides if entry["code"] == "unverified"}


def require(
    found: Sequence[Refusal],
    *,
    overrides: Sequence[Override] = (),
    settled: Collection[str] = (),
    by: Any,
    now: datetime,
) -> list[dict[str, str]]:
    """Return the overrides as the contract keeps them, or raise NotRentable with every refusal.

    Warnings never stop anything. Overriding needs the permission and a reason of 10 characters; `settled` names codes
    that were overridden earlier and are not asked about again.
    """
    found = [refusal for refusal in found if refusal.severity is not Severity.OVERRIDE or refusal.code not in settled]
    given = {override.code: override for override in overrides}
    stopping = [refusal for refusal in found if refusal.severity is not Severity.WARN]
    unanswered = [r for r in stopping if r.severity is Severity.BLOCK or r.code not in given]
    if unanswered:
        raise NotRentable(found)
    used = [given[code] for code in dict.fromkeys(refusal.code for refusal in stopping)]
    if used:
        need(by, "contracts.override_refusal")
    for override in used:
        if len(override.reason.strip()) < LEAST_REASON:
            raise Invalid(
                gettext("Say in at least %(number)s characters why.") % {"number": LEAST_REASON},
                code="reason_too_short",
                overrides=override.code,
            )
    return [
        {"code": used_one.code, "reason": used_one.reason.strip(), "by": str(by.pk), "at": now.isoformat()}
        for used_one in used
    ]
