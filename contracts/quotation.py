"""What a booking would cost and whether it would be taken; nothing is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cars.models import Car
from contracts import pricing, stock
from contracts.booking import Booking, ask, look_up
from contracts.errors import OutOfStock
from contracts.gate import Refusal, Severity
from contracts.pricing import Chosen, Line, Rates
from fleet.db.period import Period


@dataclass(frozen=True)
class Quote:
    """The answer to a request: lines in the words of the bill, and every reason against it."""

    car: Car
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
    return Quote(car, wanted.period, days, rates, lines, refusals)


def _sold_out(chosen: Sequence[Chosen], period: Period) -> Iterator[Refusal]:
    for one in chosen:
        try:
            stock.require([one], period)
        except OutOfStock as error:
            yield Refusal(error.code, Severity.BLOCK, error.detail, "contracts.extra", str(one.extra.pk))
