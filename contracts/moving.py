"""Another car for a booking, before anybody has driven away with the first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from contracts import availability, holding
from contracts.availability import Override
from contracts.errors import IllegalStep
from contracts.events import happened
from contracts.models import Assignment, Contract
from contracts.status import Status
from fleet.actor import verb
from fleet.db.period import Period
from fleet.errors import Invalid


@verb
def move(contract_id: UUID, *, car_id: UUID, by: User, now: datetime, overrides: Sequence[Override] = ()) -> Contract:
    """Give a pending or confirmed booking another car; the agreed price stays.

    Raises IllegalStep in any other state, NotRentable with every refusal of the gate for the new car, Invalid for the
    car it already has or one that does not exist.
    """
    contract, cars = holding.lock(contract_id, and_car=car_id)
    if contract.status not in (Status.PENDING, Status.CONFIRMED):
        raise IllegalStep(contract, "move")
    if contract.car_id == car_id:
        raise Invalid(car=gettext("This is the car the booking already has."), code="same_car")
    old, new = cars[contract.car_id], cars[car_id]
    period = Period(contract.start_at, contract.end_at)
    customer, drivers = availability.party_of(contract)
    found = availability.refusals(new, period, drivers=drivers, customer=customer, continuing=True, now=now)
    settled = {entry["code"] for entry in contract.overrides if entry["code"] == "unverified"}
    kept = availability.require(found, overrides=overrides, settled=settled, by=by, now=now)
    last = holding.current(contract)
    holding.release(last, now)
    holding.assign(contract, holding.take(new, period), Assignment.Reason.SWAP, seq=last.seq + 1)
    contract.car = new
    contract.overrides = contract.overrides + kept
    contract.save(update_fields=["car", "overrides"])
    happened("contract.moved", contract, car=str(new.pk), former_car=str(old.pk))
    return contract
