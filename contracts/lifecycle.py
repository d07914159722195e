"""The life of a contract: every change of its status happens here, one verb, one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import User
from cars.models import Car, OdometerReading
from contracts import agreement, availability, charges, holding, messages, party, payments, pricing, stock, waiting
from contracts.availability import Override
from contracts.booking import Booking, ask, look_up, same_request
from contracts.errors import BalanceOpen, ChargesOpen, DepositOpen, IllegalStep, need, need_reason
from contracts.events import happened
from contracts.handover import Seen, record
from contracts.models import Agreement, Assignment, Contract, Handover
from contracts.payments import Tender
from contracts.reference import number
from contracts.status import STEPS, Status
from fleet.actor import verb
from fleet.db import unit
from fleet.db.period import Period
from fleet.errors import DomainError, Invalid
from fleet.money import shown

REOPEN_WITHIN = timedelta(days=5)
NO_SHOW_AFTER = timedelta(hours=2)
EARLY_CHECK_OUT = timedelta(hours=2)


@verb
def book(wanted: Booking, *, by: User, now: datetime, overrides: Sequence[Override] = ()) -> Contract:
    """Take a car for a period: – → pending. A repeated external_ref returns the first contract.

    Raises NotRentable with every refusal, OutOfStock, and Invalid for what does not exist.
    """
    found = look_up(wanted, by=by, now=now, lock=True)  # with the car locked, a parallel retry has finished
    if found.first is not None:
        return _booked_before(wanted, found.first)
    asked, car = ask(wanted, found, now=now), found.car
    kept = availability.require(asked.refusals, overrides=overrides, by=by, now=now)
    chosen = stock.choose(wanted.extras)
    stock.require(chosen, wanted.period)
    rates = pricing.rates_of(car)
    lines = pricing.quote(rates.daily_rate, pricing.rental_days(wanted.period, asked.pickup.zone), chosen)
    occupancy = holding.take(car, wanted.period)
    contract = Contract(
        customer=asked.customer,
        car=car,
        category=car.category,
        pickup_branch=asked.pickup,
        return_branch=asked.back,
        **wanted.places,
        start_at=wanted.period.start,
        end_at=wanted.period.end,
        hold_expires_at=waiting.asked(wanted, now),
        channel=wanted.channel,
        external_ref=wanted.external_ref,
        notes=wanted.notes,
        total=pricing.total(lines),
        overrides=kept,
        created_by=by,
        daily_rate=rates.daily_rate,
        km_per_day=rates.km_per_day,
        excess_km_rate=rates.excess_km_rate,
        deposit=rates.deposit,
    )
    number(contract, now)
    unit.insert(contract, {"contract_external_ref_once": _ref_taken})
    if wanted.driver_ids:
        unit.link(contract, "drivers", asked.drivers)
    holding.assign(contract, occupancy, Assignment.Reason.INITIAL, seq=1)
    pricing.write(contract, lines)
    happened("contract.booked", contract, car=str(car.pk))
    return contract


@verb
def confirm(
    contract_id: UUID,
    *,
    by: User,
    now: datetime,
    customer_id: UUID | None = None,
    driver_ids: Sequence[UUID] | None = None,
    deposit: Tender | None = None,
    waive_deposit: str = "",
    overrides: Sequence[Override] = (),
) -> Contract:
    """Promise the car: pending → confirmed.

    `deposit` takes what is missing of it; `waive_deposit` is a reason and needs contracts.waive_deposit.
    Raises IllegalStep, NotRentable, DepositOpen when the deposit is not held, Invalid without a customer.
    """
    contract, car = _locked(contract_id, "confirm")
    if customer_id is not None:
        (contract.customer,) = party.living([customer_id])
    if contract.customer is None:
        raise Invalid(customer=gettext("A confirmed booking needs a customer."), code="customer_missing")
    if driver_ids is not None:
        contract.drivers.set(party.living(driver_ids))
    kept = _gate(contract, car, now=now, by=by, overrides=overrides, continuing=True)
    if deposit is not None:
        payments.take_deposit(contract, deposit, by=by, now=now)
    if waive_deposit:
        need(by, "contracts.waive_deposit")
        need_reason(waive_deposit)
        kept.append({"code": "deposit", "reason": waive_deposit, "by": str(by.pk), "at": now.isoformat()})
    elif (held := contract.payments.sums()[1]) < contract.deposit:
        said = gettext("The deposit of %(deposit)s is not held; %(held)s is.")
        numbers: dict[str, Any] = {"deposit": str(contract.deposit), "held": str(held)}
        words = {"deposit": shown(contract.deposit), "held": shown(held)}
        raise DepositOpen(said % words, **numbers)
    _step(contract, "confirm", hold_expires_at=None, overrides=contract.overrides + kept, customer=contract.customer)
    messages.confirmed(contract)
    return contract


@verb
def reopen(contract_id: UUID, *, by: User, now: datetime, overrides: Sequence[Override] = ()) -> Contract:
    """Bring an expired booking back within 5 days, if the car is still free: expired → pending."""
    contract, car = _locked(contract_id, "reopen")
    if contract.ended_at is None or now - contract.ended_at > REOPEN_WITHIN:
        raise IllegalStep(contract, "reopen", gettext("%(reference)s expired more than 5 days ago; book anew."))
    last = contract.assignments.select_related("occupancy__car").latest("seq")
    kept = _gate(contract, car, now=now, by=by, overrides=overrides)
    holding.retake(last)
    return _step(
        contract,
        "reopen",
        hold_expires_at=waiting.usual(contract.start_at, now),
        ended_at=None,
        overrides=contract.overrides + kept,
    )


@verb
def cancel(contract_id: UUID, *, reason: str, by: User, now: datetime) -> Contract:
    """Call it off, with a reason of at least 10 characters: pending, confirmed → cancelled."""
    contract, car = _locked(contract_id, "cancel")
    need_reason(reason)
    holding.release(holding.current(contract, car), now)
    return _step(contract, "cancel", cancel_reason=reason.strip(), hold_expires_at=None, ended_at=now)


@verb
def mark_no_show(contract_id: UUID, *, by: User, now: datetime) -> Contract:
    """Nobody came within 2 hours: confirmed → no_show."""
    contract, car = _locked(contract_id, "mark_no_show")
    if now < contract.start_at + NO_SHOW_AFTER:
        too_early = gettext("A no-show is marked 2 hours after the pick-up time at the earliest.")
        raise IllegalStep(contract, "mark no-show", too_early)
    holding.release(holding.current(contract, car), now)
    return _step(contract, "mark_no_show", ended_at=now)


@verb
def check_out(
    contract_id: UUID, *, seen: Seen, by: User, now: datetime, overrides: Sequence[Override] = ()
) -> Contract:
    """Hand the car over: confirmed → active.

    Raises IllegalStep from any other state, NotRentable with every refusal of the gate, OdometerBackwards.
    """
    contract, car = _locked(contract_id, "check_out")
    if now < contract.start_at - EARLY_CHECK_OUT:
        too_early = gettext("A car goes out 2 hours before its pick-up time at the earliest.")
        raise IllegalStep(contract, "check out", too_early)
    if now >= contract.end_at:
        raise IllegalStep(contract, "check out", gettext("The rental should be over by now; cancel it and book anew."))
    held = holding.held(contract, car, now)
    kept = _gate(contract, car, now=now, by=by, overrides=overrides, leaving=True, continuing=True)
    if now < contract.start_at:
        holding.begin(held.assignment.occupancy, now)
    handover, _ = record(held, Handover.Kind.OUT, seen, source=OdometerReading.Source.CHECK_OUT, by=by, now=now)
    _step(contract, "check_out", picked_up_at=now, overrides=contract.overrides + kept)
    signed = handover if seen.signature else None
    agreement.write(contract, Agreement.Occasion.CHECK_OUT, by=by, now=now, handover=signed)
    return contract


@verb
def check_in(contract_id: UUID, *, seen: Seen, by: User, now: datetime) -> Contract:
    """Take the car back: active → returned. Proposes charges for late, km, fuel, cleaning and damage."""
    contract, car = _locked(contract_id, "check_in")
    held = holding.held(contract, car, now)
    _, damages = record(held, Handover.Kind.IN, seen, source=OdometerReading.Source.CHECK_IN, by=by, now=now)
    holding.cut(held, now)
    charges.propose(contract, [charges.late(contract, now), *charges.of_cars(contract)])
    charges.propose(contract, (charges.damage(found, estimate) for found, estimate in damages))
    return _step(contract, "check_in", returned_at=now)


@verb
def settle(
    contract_id: UUID, *, by: User, now: datetime, capture_deposit: bool = False, release_deposit: bool = False
) -> Contract:
    """Close the books: returned → closed. Every charge decided, nothing owed, no deposit held.

    `capture_deposit` pays what is owed from the deposit, `release_deposit` gives back what is left of it.

    Raises ChargesOpen, BalanceOpen, DepositOpen.
    """
    contract, _ = _locked(contract_id, "settle")
    undecided = contract.charges.proposed().count()
    if undecided:
        raise ChargesOpen(charges=undecided)
    if capture_deposit:
        payments.cover_from_deposit(contract, by=by, now=now)
    if release_deposit:
        payments.release_deposit(contract, by=by, now=now)
    paid, held = contract.payments.sums()
    if paid != contract.total:
        raise BalanceOpen(contract.total - paid)
    if held:
        said = gettext("%(held)s of the deposit is still held: release or capture it.")
        raise DepositOpen(said % {"held": shown(held)}, held=str(held))
    _step(contract, "settle", ended_at=now)
    messages.settled(contract)
    return contract


def expire(contract: Contract, *, now: datetime) -> Contract:
    """Let a hold that has passed go: pending → expired. Called by the job with the row locked.

    Raises IllegalStep while the hold lasts, and when money was taken: a paid booking is never lost to the clock.
    """
    if contract.status != Status.PENDING or contract.hold_expires_at is None or contract.hold_expires_at > now:
        raise IllegalStep(contract, "expire")
    if any(contract.payments.sums()):
        raise IllegalStep(contract, "expire", gettext("Money was taken for %(reference)s; confirm or cancel it."))
    holding.release(holding.current(contract, contract.car), now)
    return _step(contract, "expire", hold_expires_at=None, ended_at=now)


def _step(contract: Contract, name: str, **changes: Any) -> Contract:
    """Move the contract along one row of the table of steps, and tell."""
    sources, target = STEPS[name]
    if contract.status not in sources:
        raise IllegalStep(contract, name)
    contract.status = target
    for field, value in changes.items():
        setattr(contract, field, value)
    unit.update(contract, "status", *changes)
    happened(f"contract.{target}", contract)
    return contract


def _locked(contract_id: UUID, step: str) -> tuple[Contract, Car]:
    """Return the contract and its car, both locked. Raises NotFound, and IllegalStep in a wrong state."""
    contract, cars = holding.lock(contract_id)
    if contract.status not in STEPS[step][0]:
        raise IllegalStep(contract, step)
    return contract, cars[contract.car_id]


def _gate(
    contract: Contract,
    car: Car,
    *,
    now: datetime,
    by: User,
    overrides: Sequence[Override],
    leaving: bool = False,
    continuing: bool = False,
) -> list[dict[str, str]]:
    """Ask the gate again for the contract as agreed; overrides given earlier still count."""
    period = Period(max(contract.start_at, now) if leaving else contract.start_at, contract.end_at)
    whole = Period(contract.start_at, contract.end_at)
    found = availability.of_contract(
        contract, car, period, whole=whole, leaving=leaving, continuing=continuing, now=now
    )
    settled = {entry["code"] for entry in contract.overrides}
    return availability.require(found, overrides=overrides, settled=settled, by=by, now=now)


def _booked_before(wanted: Booking, contract_id: UUID) -> Contract:
    first = Contract.objects.get(pk=contract_id)
    if not same_request(first, wanted):
        raise _ref_taken()
    return first


def _ref_taken() -> DomainError:
    return DomainError(gettext("This external reference belongs to another booking."), code="external_ref_taken")
