"""What a booking or a later end would cost and whether it would be taken; nothing is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from cars.models import Branch, Car
from contracts import availability, holding, pricing, stock
from contracts.booking import Booking, ask, look_up
from contracts.errors import OutOfStock, not_later
from contracts.gate import Refusal, Severity
from contracts.models import Contract
from contracts.pricing import Chosen, Line, Rates
from fleet.db.period import Period


@dataclass(frozen=True)
class Quote:
    """The answer to a request: lines in the words of the bill, and every reason against it."""

    car: Car
    pickup: Branch
    period: Period
    days: int
    rates: Rates
    lines: Sequence[Line]
    refusals: Sequence[Refusal]

    @property
    def total(self) -> Decimal:
        return pricing.total(self.lines)

    @property
    def possible(self) -> bool:
        """Return whether the same booking would be taken now, without overrides."""
        return all(refusal.severity is Severity.WARN for refusal in self.refusals)


def quote(wanted: Booking, *, now: datetime) -> Quote:
    """Price the request by the rules of `book`. Raises Invalid for what does not exist."""
    asked = ask(wanted, look_up(wanted, now=now), now=now)
    car = asked.car
    chosen = stock.choose(wanted.extras, locked=False)
    rates = pricing.rates_of(car)
    days = pricing.rental_days(wanted.period, asked.pickup.zone)
    lines = pricing.quote(rates.daily_rate, days, chosen)
    refusals = [*asked.refusals, *_sold_out(chosen, wanted.period)]
    return Quote(car, asked.pickup, wanted.period, days, rates, lines, refusals)


@dataclass(frozen=True)
class Longer:
    """What a later end adds to a rental."""

    days: int
    lines: Sequence[Line]
    total: Decimal  # of the whole rental afterwards
    refusals: Sequence[Refusal]

    @property
    def added(self) -> Decimal:
        return pricing.total(self.lines)


def longer(contract: Contract, end_at: datetime, *, now: datetime) -> Longer:
    """Price a later end by the rules of `extend`. Raises Invalid when it is not later."""
    if end_at <= contract.end_at or end_at <= now:
        raise not_later()
    added, whole = Period(contract.end_at, end_at), Period(contract.start_at, end_at)
    chosen = stock.of_contract(contract, locked=False)
    days = pricing.rental_days(whole, contract.pickup_branch.zone) - pricing.days_of(contract)
    lines = pricing.extension(contract.daily_rate, days, chosen)
    found = availability.of_contract(contract, contract.car, added, whole=whole, now=now)
    refusals = [*found, *_sold_out(chosen, added, contract)]
    return Longer(days, lines, contract.total + pricing.total(lines), refusals)


def free_until(contract: Contract) -> datetime | None:
    """Return until when the car can stay out, with the time to make it ready again; None when nobody waits for it."""
    occupancy = holding.current(contract, contract.car).occupancy
    following = holding.next_start(occupancy)
    return following and following - timedelta(minutes=contract.car.category.turnaround_minutes)


def _sold_out(chosen: Sequence[Chosen], period: Period, of: Contract | None = None) -> Iterator[Refusal]:
    for one in chosen:
        try:
            stock.require([one], period, ignoring=of)
        except OutOfStock as error:
            yield Refusal(error.code, Severity.BLOCK, error.detail, "contracts.extra", str(one.extra.pk))
