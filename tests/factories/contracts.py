"""Contracts in every state, brought there by the verbs: the database refuses any other way."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from cars.models import Car
from contracts import lifecycle, payments
from contracts.booking import Booking
from contracts.handover import NewDamage, Seen
from contracts.models import Contract, DayClose, Extra
from customers.models import Customer
from tests.factories.accounts import UserFactory
from tests.factories.cars import BranchFactory, CarFactory
from tests.factories.customers import CustomerFactory

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
START = NOW + timedelta(days=1)
END = START + timedelta(days=3)
OUT_AT = START
BACK_AT = END
FULL_TANK = Seen(odometer_km=1_000, fuel_eighths=8)
BACK = Seen(odometer_km=1_300, fuel_eighths=8)


class ExtraFactory(DjangoModelFactory):
    class Meta:
        model = Extra

    code = factory.Sequence(lambda n: f"extra-{n}")
    name = "Child seat"
    charge = Extra.Charge.PER_DAY
    price = Decimal("5.00")
    max_quantity = 3


class DayCloseFactory(DjangoModelFactory):
    """A drawer that held what it should."""

    class Meta:
        model = DayClose

    branch = factory.SubFactory(BranchFactory)
    day = NOW.date()
    expected_cash = Decimal("0.00")
    counted_cash = factory.SelfAttribute("expected_cash")
    difference = Decimal("0.00")


def manager() -> User:
    return UserFactory(role="manager")


def rentable_car(**fields: Any) -> Car:
    return CarFactory(rentable=True, **fields)


def driver(**fields: Any) -> Customer:
    return CustomerFactory(verified=True, **fields)


def wanted(car: Car, **fields: Any) -> Booking:
    return Booking(**{"car_id": car.pk, "start_at": START, "end_at": END, **fields})


def booked(*, by: User, car: Car | None = None, customer: Customer | None = None, **fields: Any) -> Contract:
    """Return a pending contract for tomorrow, three days long."""
    who = customer or driver()
    return lifecycle.book(wanted(car or rentable_car(), customer_id=who.pk, **fields), by=by, now=NOW)


def confirmed(*, by: User, **fields: Any) -> Contract:
    contract = booked(by=by, **fields)
    if contract.deposit:
        payments.record(contract.pk, kind="deposit_hold", method="card", amount=contract.deposit, by=by, now=NOW)
    return lifecycle.confirm(contract.pk, by=by, now=NOW)


def expired(*, by: User, **fields: Any) -> Contract:
    contract = booked(by=by, **fields)
    return lifecycle.expire(contract, now=contract.hold_expires_at or NOW)


def active(*, by: User, seen: Seen = FULL_TANK, **fields: Any) -> Contract:
    contract = confirmed(by=by, **fields)
    return lifecycle.check_out(contract.pk, seen=seen, by=by, now=OUT_AT)


def returned(*, by: User, back: Seen = BACK, at: datetime = BACK_AT, **fields: Any) -> Contract:
    contract = active(by=by, **fields)
    return lifecycle.check_in(contract.pk, seen=back, by=by, now=at)


def paid(contract: Contract, *, by: User, now: datetime = BACK_AT) -> Contract:
    """Pay what is owed."""
    owed = contract.total - contract.payments.sums()[0]
    if owed > 0:
        payments.record(contract.pk, kind="payment", method="card", amount=owed, by=by, now=now)
    return contract


def closed(*, by: User, **fields: Any) -> Contract:
    contract = paid(returned(by=by, **fields), by=by)
    return lifecycle.settle(contract.pk, by=by, now=BACK_AT, release_deposit=True)


SCRATCH = NewDamage(panel="rear_bumper", kind="scratch", note="10 cm", estimate=Decimal("120.00"))
