"""What changes while a car is out: a later end, another car, a return that is late."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.fields.ranges import RangeEndsWith
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from accounts.models import User
from cars.models import OdometerReading
from contracts import agreement, availability, charges, holding, pricing, stock
from contracts.availability import Override
from contracts.errors import IllegalStep, not_later
from contracts.events import happened
from contracts.handover import Seen, record
from contracts.models import Agreement, Assignment, Contract, Handover
from contracts.status import Status
from fleet.actor import verb
from fleet.db import unit
from fleet.db.period import Period
from fleet.errors import Invalid


@verb
def extend(
    contract_id: UUID, *, end_at: datetime, by: User, now: datetime, overrides: Sequence[Override] = ()
) -> Contract:
    """Agree on a later end: the gate for the added time, new lines, the occupancy grows in place.

    Raises IllegalStep unless active, NotRentable, OutOfStock, Invalid when the end is not later.
    """
    contract, cars = holding.lock(contract_id)
    _must_be_out(contract, "extend")
    car = cars[contract.car_id]
    if end_at <= contract.end_at or end_at <= now:
        raise not_later()
    added, whole = Period(contract.end_at, end_at), Period(contract.start_at, end_at)
    assignment = holding.current(contract, car)
    found = availability.of_contract(contract, car, added, whole=whole, now=now)
    kept = availability.require(found, overrides=overrides, by=by, now=now)
    chosen = stock.of_contract(contract)
    stock.require(chosen, added, ignoring=contract)
    more = pricing.rental_days(whole, contract.pickup_branch.zone) - pricing.days_of(contract)
    holding.prolong(assignment.occupancy, end_at, car.category.turnaround_minutes)
    added_lines = pricing.write(contract, pricing.extension(contract.daily_rate, more, chosen))
    contract.total += pricing.total(added_lines)
    contract.end_at = whole.end
    contract.overrides = contract.overrides + kept
    unit.update(contract, "total", "end_at", "overrides")
    agreement.write(contract, Agreement.Occasion.EXTEND, by=by, now=now)
    happened("contract.extended", contract, end_at=whole.end.isoformat())
    return contract


@verb
def swap(
    contract_id: UUID,
    *,
    car_id: UUID,
    back: Seen,
    out: Seen,
    by: User,
    now: datetime,
    overrides: Sequence[Override] = (),
) -> Contract:
    """Change the car of a running rental: the old one is handed in, the new one out; the agreed price stays.

    Raises IllegalStep unless active and in time, NotRentable for the new car, OdometerBackwards for either.
    """
    contract, cars = holding.lock(contract_id, and_car=car_id)
    _must_be_out(contract, "swap")
    if contract.car_id == car_id:
        raise Invalid(car=gettext("This is the car the customer already has."), code="same_car")
    if contract.end_at <= now:
        raise IllegalStep(contract, "swap", gettext("The rental is overdue; extend it first."))
    old, new = cars[contract.car_id], cars[car_id]
    rest = Period(now, contract.end_at)
    whole = Period(contract.start_at, contract.end_at)
    found = availability.of_contract(contract, new, rest, whole=whole, leaving=True, now=now)
    kept = availability.require(
        found, overrides=overrides, settled=availability.settled_codes(contract), by=by, now=now
    )
    held = holding.held(contract, old, now)
    last = held.assignment
    _, damages = record(held, Handover.Kind.IN, back, source=OdometerReading.Source.SWAP, by=by, now=now)
    holding.cut(held, now)
    charges.propose(contract, (charges.damage(mark, estimate) for mark, estimate in damages))
    holding.assign(contract, holding.take(new, rest), Assignment.Reason.SWAP, seq=last.seq + 1)
    following = holding.held(contract, new, now)
    handover, _ = record(following, Handover.Kind.OUT, out, source=OdometerReading.Source.SWAP, by=by, now=now)
    contract.car = new
    contract.overrides = contract.overrides + kept
    unit.update(contract, "car", "overrides")
    signed = handover if out.signature else None
    agreement.write(contract, Agreement.Occasion.SWAP, by=by, now=now, handover=signed)
    happened("contract.swapped", contract, car=str(new.pk), former_car=str(old.pk))
    return contract


def grow(contract_id: UUID, *, now: datetime) -> bool:
    """Keep an overdue car taken until now + turnaround, or until whoever comes next; return whether it grew.

    Where a booking stands in the way it is published as at risk, once, and nothing is moved over it.
    """
    with transaction.atomic():
        contract, cars = holding.lock(contract_id)
        if contract.status != Status.ACTIVE or contract.end_at >= now:
            return False
        agreed = contract.end_at.isoformat()
        happened("contract.overdue", contract, once_per=agreed, car=str(contract.car_id))
        occupancy = holding.current(contract, cars[contract.car_id]).occupancy
        span = Period.of(occupancy.period)
        wanted = now + timedelta(minutes=cars[contract.car_id].category.turnaround_minutes)
        following = holding.next_start(occupancy)
        end = min(wanted, following) if following else wanted
        if following and following < wanted:
            _warn(contract, now)
        if end <= span.end:
            return False
        # The clock did this, not a person: no audit entry every five minutes, the contract's own rows tell the story.
        type(occupancy).objects.filter(pk=occupancy.pk).update(
            period=Period(span.start, end).as_range(), version=F("version") + 1, updated_at=now
        )
        return True


def overdue_ids(now: datetime) -> list[UUID]:
    """Return overdue contracts whose ledger row ends before now + the longest turnaround, oldest first."""
    late = Contract.objects.overdue(now).filter(assignments__closed_at__isnull=True)
    ends = late.alias(ends=RangeEndsWith(F("assignments__occupancy__period")))
    return list(ends.filter(ends__lt=now + timedelta(days=7)).order_by("end_at").values_list("pk", flat=True))


def _warn(contract: Contract, now: datetime) -> None:
    bookings = Contract.objects.at_risk(now, "late").filter(car=contract.car_id)
    for booking in bookings.order_by("start_at")[:1]:
        happened("contract.at_risk", booking, late_contract=str(contract.pk))


def _must_be_out(contract: Contract, step: str) -> None:
    if contract.status != Status.ACTIVE:
        raise IllegalStep(contract, step)
