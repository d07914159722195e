"""Another car or other days for a booking, before anybody has driven away."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from cars.models import Car
from contracts import availability, holding, messages, pricing, stock
from contracts.availability import Override
from contracts.errors import IllegalStep
from contracts.events import happened
from contracts.models import Assignment, Contract
from contracts.status import Status
from contracts.waiting import LEAST
from fleet.actor import verb
from fleet.db import unit
from fleet.db.period import Period
from fleet.errors import Invalid


@verb
def reschedule(
    contract_id: UUID,
    *,
    start_at: datetime | None = None,
    end_at: datetime | None = None,
    car_id: UUID | None = None,
    by: User,
    now: datetime,
    overrides: Sequence[Override] = (),
) -> Contract:
    """Give a pending or confirmed booking other days, and another car if one is named; None leaves things as they are.

    The rates that were agreed on stay; what counts by the day is counted anew, and lines added by hand stay.
    Raises IllegalStep in any other state, NotRentable with every refusal of the gate, OutOfStock, and Invalid when the
    end is not after the start or nothing changes.
    """
    contract, cars = holding.lock(contract_id, and_car=car_id)
    if contract.status not in (Status.PENDING, Status.CONFIRMED):
        raise IllegalStep(contract, "reschedule")
    period = _agreed_on(contract, start_at, end_at, car_id)
    old, new = cars[contract.car_id], cars[car_id or contract.car_id]
    last = holding.current(contract, old)
    kept = _gate(contract, new, period, overrides=overrides, by=by, now=now)
    before = messages.agreed(contract) if contract.status == Status.CONFIRMED else None
    chosen = stock.of_contract(contract)
    stock.require(chosen, period, ignoring=contract)
    if new == old:
        holding.shift(last.occupancy, period, new.category.turnaround_minutes)
    else:
        holding.release(last, now)
        holding.assign(contract, holding.take(new, period), Assignment.Reason.SWAP, seq=last.seq + 1)
    former = {"start_at": contract.start_at.isoformat(), "end_at": contract.end_at.isoformat(), "car": str(old.pk)}
    days = pricing.rental_days(period, contract.pickup_branch.zone)
    contract.total += pricing.recount(contract, chosen, days)
    contract.car, contract.start_at, contract.end_at = new, period.start, period.end
    if contract.hold_expires_at is not None:
        contract.hold_expires_at = min(contract.hold_expires_at, max(period.start, now + LEAST))
    contract.overrides = contract.overrides + kept
    unit.update(contract, "car", "start_at", "end_at", "total", "hold_expires_at", "overrides")
    told = {"start_at": period.start.isoformat(), "end_at": period.end.isoformat(), "car": str(new.pk)}
    happened("contract.rescheduled", contract, **told, former=former)
    if before is not None:
        messages.changed(contract, before)
    return contract


def _agreed_on(contract: Contract, start_at: datetime | None, end_at: datetime | None, car_id: UUID | None) -> Period:
    start, end = start_at or contract.start_at, end_at or contract.end_at
    if end <= start:
        raise Invalid(end_at=gettext("The end must be after the start."), code="ends_before_it_starts")
    if (start, end, car_id or contract.car_id) == (contract.start_at, contract.end_at, contract.car_id):
        raise Invalid(gettext("These are the days and the car that the booking already has."), code="nothing_changes")
    return Period(start, end)


def _gate(
    contract: Contract,
    car: Car,
    period: Period,
    *,
    overrides: Sequence[Override],
    by: User,
    now: datetime,
) -> list[dict[str, str]]:
    """Ask the gate for car and days as they would be; a start that stays is not up for discussion."""
    at_counter, continuing = contract.channel == Contract.Channel.COUNTER, period.start == contract.start_at
    found = availability.of_contract(contract, car, period, at_counter=at_counter, continuing=continuing, now=now)
    return availability.require(
        found, overrides=overrides, settled=availability.settled_codes(contract), by=by, now=now
    )
