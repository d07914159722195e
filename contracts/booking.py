"""What somebody asks for when they book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from cars.models import Branch, Car
from contracts import availability
from contracts.gate import Refusal
from contracts.models import Contract
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

    @property
    def period(self) -> Period:
        return Period(self.start_at, self.end_at)

    @property
    def places(self) -> dict[str, str]:
        names = ("pickup_place", "return_place", "pickup_position", "return_position")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Asked:
    """A request with the rows it names, and what the gate says to it."""

    car: Car
    pickup: Branch
    back: Branch
    customer: Customer | None
    drivers: Sequence[Customer]
    refusals: Sequence[Refusal]


def ask(wanted: Booking, car: Car, *, now: datetime) -> Asked:
    """Look everything up and ask the gate. Raises Invalid for an unknown branch or customer."""
    pickup, back = branches(wanted, car)
    customer, drivers = availability.party(wanted.customer_id, wanted.driver_ids)
    at_counter = wanted.channel == Contract.Channel.COUNTER
    found = availability.refusals(
        car, wanted.period, drivers=drivers, customer=customer, at_counter=at_counter, now=now
    )
    return Asked(car, pickup, back, customer, drivers, found)


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
