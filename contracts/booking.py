"""What somebody asks for when they book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, Subquery, UUIDField, Value
from django.utils.translation import gettext

from accounts.models import User
from cars import facts
from cars.models import Branch, Car
from cars.querysets import CarQuerySet
from contracts import holding, party
from contracts.gate import Case, Refusal, judge
from contracts.models import Contract
from contracts.party import People
from customers.models import Customer
from fleet.db.period import Period
from fleet.errors import Invalid


@dataclass(frozen=True)
class Booking:
    """A request to rent a car; prices, status and actor are not the client's to say.

    `extras` are (code or id, pieces); branches default to where the car stands.
    """

    car_id: UUID
    start_at: datetime
    end_at: datetime
    customer_id: UUID | None = None
    driver_ids: Sequence[UUID] = ()
    extras: Sequence[tuple[str, int]] = ()
    pickup_branch_id: UUID | None = None
    return_branch_id: UUID | None = None
    pickup_place: str = ""
    return_place: str = ""
    pickup_position: str = ""
    return_position: str = ""
    channel: str = Contract.Channel.COUNTER
    external_ref: str = ""
    notes: str = ""
    hold_until: datetime | None = None  # shorter than usual

    @property
    def period(self) -> Period:
        return Period(self.start_at, self.end_at)

    @property
    def places(self) -> dict[str, str]:
        names = ("pickup_place", "return_place", "pickup_position", "return_position")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Found:
    """What is known of a request: the car with its facts, the people, and the contract that came of it before."""

    car: Car
    facts: facts.Facts
    people: People
    first: UUID | None


@dataclass(frozen=True)
class Asked:
    """A request with the rows it names, and what the gate says to it."""

    car: Car
    pickup: Branch
    back: Branch
    customer: Customer | None
    drivers: Sequence[Customer]
    refusals: Sequence[Refusal]


def look_up(wanted: Booking, *, by: User | None = None, now: datetime, lock: bool = False) -> Found:
    """Find everything a request names, in one statement; `first` only for `by`. Raises Invalid for an unknown car.

    `lock` locks the car before, in the same message.
    """
    asked: dict[str, Any] = {"car": wanted.car_id, "by": by and by.pk, "external_ref": wanted.external_ref or None}
    if wanted.driver_ids:
        if lock:
            holding.claim(wanted.car_id)
        who = Q(pk__in=[pk for pk in (wanted.customer_id, *wanted.driver_ids) if pk])
        rows = facts.of(_wanted(**asked, who=who), wanted.period, now)
    else:
        asked["customer"] = wanted.customer_id
        claim = (holding.CLAIM, {"car": wanted.car_id})
        rows = _WANTED.after(claim, wanted.period, now, **asked) if lock else _WANTED(wanted.period, now, **asked)
    car: Any
    car, known = next(rows, (None, None))
    if known is None:
        raise holding.unknown_car(wanted.car_id)
    return Found(car, known, party.unpacked(car.packed_people), car.first)


def _wanted(car: UUID, by: UUID | None, external_ref: str | None, who: Q) -> CarQuerySet:
    # The empty text is excluded in so many words, for the index over the others (contract_external_ref_once).
    before = Contract.objects.filter(created_by=by, external_ref=external_ref).exclude(external_ref="").order_by()
    first = Subquery(before.values("pk")[:1]) if by and external_ref else Value(None, UUIDField(null=True))
    return Car.objects.filter(pk=car).annotate(packed_people=party.packed(who), first=first)


# Most name no drivers: then nothing of the question's form depends on what is asked. None finds nobody.
_WANTED: Final = facts.Reader(
    lambda customer, **asked: _wanted(**asked, who=Q(pk=customer)),
    *("packed_people", "first"),
    car=UUID,
    by=UUID,
    external_ref=str,
    customer=UUID,
)


def ask(wanted: Booking, found: Found, *, now: datetime) -> Asked:
    """Ask the gate. Raises Invalid for an unknown branch or customer."""
    pickup, back = branches(wanted, found.car)
    customer, drivers = party.of(wanted.customer_id, wanted.driver_ids, found.people)
    at_counter = wanted.channel == Contract.Channel.COUNTER
    period = wanted.period
    case = Case(found.car, found.facts, period, now, period, customer, drivers, at_counter)
    return Asked(found.car, pickup, back, customer, drivers, judge(case))


def branches(wanted: Booking, car: Car) -> tuple[Branch, Branch]:
    """Return where the rental starts and ends. Raises Invalid for an unknown or closed branch."""
    ids = [
        wanted.pickup_branch_id or car.branch_id,
        wanted.return_branch_id or wanted.pickup_branch_id or car.branch_id,
    ]
    known = {car.branch_id: car.branch} if set(ids) == {car.branch_id} else Branch.objects.in_bulk(set(ids))
    for pk in ids:
        if pk not in known:
            raise Invalid(gettext("There is no branch %(id)s.") % {"id": pk}, code="unknown_branch")
        if not known[pk].is_active:
            raise Invalid(gettext("The branch %(name)s is closed.") % {"name": known[pk].name}, code="branch_closed")
    return known[ids[0]], known[ids[1]]


def same_request(contract: Contract, wanted: Booking) -> bool:
    """Return whether a repeated external_ref asks for what the first contract is."""
    period = wanted.period
    return (contract.start_at, contract.end_at) == (period.start, period.end) and any(
        assignment.occupancy.car_id == wanted.car_id
        for assignment in contract.assignments.filter(seq=1).select_related("occupancy")
    )
