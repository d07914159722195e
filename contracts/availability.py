"""May this car go out? The one gate for search, booking, check-out, extension, swap, admin and API."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext

from cars import facts
from cars.models import Car
from contracts.errors import LEAST_REASON, NotRentable, need
from contracts.gate import Case, Refusal, Severity, judge
from contracts.models import Contract
from customers.models import Customer, Flag
from fleet.db.period import Period
from fleet.errors import Invalid, NotFound


@dataclass(frozen=True)
class Override:
    """Somebody says yes where the gate says no, and why."""

    code: str
    reason: str


def refusals(
    car: Car,
    period: Period,
    *,
    drivers: Sequence[Customer] = (),
    customer: Customer | None = None,
    at_counter: bool = False,
    leaving: bool = False,
    continuing: bool = False,
    whole: Period | None = None,
    ignoring: Iterable[UUID] = (),
    now: datetime,
) -> list[Refusal]:
    """Return every reason why the car may not go out over the whole period, blocks first.

    `leaving` adds what only matters with the customer at the counter; `continuing` is an extension, whose `whole`
    is the entire rental; `ignoring` names occupancies that are the contract's own.
    """
    try:
        found, known = next(iter(facts.of(Car.objects.filter(pk=car.pk), period, now)))
    except StopIteration as error:
        raise NotFound(gettext("There is no car %(id)s.") % {"id": car.pk}) from error
    return judge(
        Case(
            found,
            known,
            period,
            now,
            whole or period,
            customer=customer,
            drivers=drivers,
            at_counter=at_counter,
            leaving=leaving,
            continuing=continuing,
            ignoring=frozenset(str(pk) for pk in ignoring),
        )
    )


def people(ids: Iterable[UUID | None]) -> dict[UUID, Customer]:
    """Return living customers with their open flags, by id. Raises Invalid when one does not exist."""
    wanted = {pk for pk in ids if pk is not None}
    found = {
        customer.pk: customer
        for customer in Customer.objects.living()
        .filter(pk__in=wanted)
        .prefetch_related(Prefetch("flags", Flag.objects.open()))
    }
    missing = wanted - found.keys()
    if missing:
        raise Invalid(
            gettext("There is no customer %(id)s.") % {"id": sorted(map(str, missing))[0]},
            code="unknown_customer",
        )
    return found


def party(customer_id: UUID | None, driver_ids: Iterable[UUID]) -> tuple[Customer | None, list[Customer]]:
    """Return who pays and who drives, with their open flags; nobody named means that the customer drives.

    A company does not drive. Raises Invalid when somebody does not exist.
    """
    named = list(dict.fromkeys(driver_ids))
    known = people([customer_id, *named])
    customer = known[customer_id] if customer_id else None
    if not named and customer is not None and customer.kind == Customer.Kind.PERSON:
        return customer, [customer]
    return customer, [known[pk] for pk in named]


def party_of(contract: Contract) -> tuple[Customer | None, list[Customer]]:
    """Return who pays and who drives under a contract, as the gate wants them."""
    return party(contract.customer_id, contract.drivers.values_list("pk", flat=True))


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
