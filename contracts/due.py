"""What comes due for contracts: holds, pick-ups and returns, and the proofs of those who rent or drive."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models import Contract
from contracts.querysets import ContractQuerySet
from contracts.status import HOLDING, Status
from customers import due as proofs
from customers.models import Customer
from fleet.due import Due, Subject, finds

# What comes due in which state, by which moment, at which branch.
_MOMENTS: Final = (
    (Subject.HOLD, Status.PENDING, "hold_expires_at", "pickup_branch"),
    (Subject.PICK_UP, Status.CONFIRMED, "start_at", "pickup_branch"),
    (Subject.RETURN, Status.ACTIVE, "end_at", "return_branch"),
)
_SAID: Final = ("pk", "reference", "car_id", "car__license_plate", "customer_id")


@finds(Subject.HOLD, Subject.PICK_UP, Subject.RETURN)
def bookings(*, on: date, within: int, cars: Iterable[UUID] | None = None) -> Iterator[Due]:
    """Find holds that run out, cars that go out and cars that come back: one statement for each."""
    last = on + timedelta(days=within)
    # A day more than asked: which local day a moment falls on depends on the branch.
    before = datetime.combine(last + timedelta(days=2), time(), timezone.get_default_timezone())
    said = {Subject.HOLD: _("hold"), Subject.PICK_UP: _("pick-up"), Subject.RETURN: _("return")}
    for subject, status, moment, place in _MOMENTS:
        coming = _of(cars).filter(status=status, **{f"{moment}__lt": before}).order_by()
        # Values: there are thousands in a large company, and a model takes five times as long to make.
        for row in coming.values_list(*_SAID, moment, f"{place}_id", f"{place}__time_zone"):
            one = _due(subject, said[subject], row)
            if one.due_on <= last:
                yield one


@finds(Subject.LICENCE, Subject.PASSPORT, Subject.DOCUMENT)
def people(*, on: date, within: int, cars: Iterable[UUID] | None = None) -> Iterator[Due]:
    """Find licences, passports and documents that end, of people who rent or drive now or later; four statements.

    Nobody is reminded of the twenty thousand others: when they come again, the gate asks for their licence.
    """
    held = _of(cars).filter(status__in=HOLDING).order_by()
    persons = Customer.objects.filter(Q(pk__in=held.values("customer")) | Q(pk__in=held.values("drivers")))
    found = list(proofs.endings(persons, on + timedelta(days=within)))
    first = _first_contracts(held, {ending.customer_id for ending in found})
    for ending in found:
        contract = first.get(ending.customer_id)
        if contract is None:  # given back between two statements
            continue
        yield Due(
            ending.subject,
            ending.last,
            ending.label,
            ending.object_id,
            f"{contract.reference} · {ending.person} · {ending.said}",
            branch_id=contract.pickup_branch_id,
            car_id=contract.car_id,
            customer_id=ending.customer_id,
            contract_id=contract.pk,
            masked=f"{contract.reference} · {ending.said}",
        )


def _of(cars: Iterable[UUID] | None) -> ContractQuerySet:
    return Contract.objects.all() if cars is None else Contract.objects.filter(car__in=cars)


def _first_contracts(held: ContractQuerySet, persons: set[UUID]) -> dict[UUID, Contract]:
    """Return of each person the contract that begins first."""
    if not persons:
        return {}
    rows = held.filter(Q(customer__in=persons) | Q(drivers__in=persons)).order_by("-start_at", "-pk")
    first: dict[UUID, Contract] = {}
    for contract in rows.distinct().prefetch_related("drivers"):
        for person in (contract.customer_id, *(driver.pk for driver in contract.drivers.all())):
            if person in persons:
                first[person] = contract
    return first


def _due(subject: Subject, said: str, row: Sequence[Any]) -> Due:
    pk, reference, car, plate, customer, at, branch, zone = row
    return Due(
        subject,
        at.astimezone(ZoneInfo(zone)).date(),
        Contract._meta.label_lower,
        pk,
        f"{reference} · {plate} · {said}",
        branch_id=branch,
        car_id=car,
        customer_id=customer,
        contract_id=pk,
    )
