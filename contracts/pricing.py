"""What a rental costs, from our own rates, with every line explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from cars.models import Car
from contracts.models import Contract, Extra, PriceLine
from contracts.models.money import LineKind
from fleet.db import unit
from fleet.db.period import Period
from fleet.money import rounded

GRACE = timedelta(minutes=59)
_DAY = timedelta(days=1)
_COUNTED: Final = ("description", "quantity", "unit_price", "amount", "explained")


@dataclass(frozen=True)
class Rates:
    """The rates of the day of booking; the contract keeps them."""

    daily_rate: Decimal
    km_per_day: int | None
    excess_km_rate: Decimal
    deposit: Decimal


@dataclass(frozen=True)
class Chosen:
    """An extra and how many of it."""

    extra: Extra
    quantity: int


@dataclass(frozen=True)
class Line:
    """A price line before it is written."""

    kind: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    explained: str
    extra: Extra | None = None

    @property
    def amount(self) -> Decimal:
        return rounded(self.quantity * self.unit_price)


def rental_days(period: Period, zone: ZoneInfo) -> int:
    """Return the started 24-hour blocks with 59 minutes of grace, at least 1.

    Counted on the branch's wall clock: a rental from ten to ten is one day, also when the clocks change in between.
    """
    start = period.start.astimezone(zone).replace(tzinfo=None)
    end = period.end.astimezone(zone).replace(tzinfo=None)
    full, rest = divmod(end - start, _DAY)
    return max(full + (rest > GRACE), 1)


def days_of(contract: Contract) -> int:
    """Return the days agreed on."""
    return rental_days(Period(contract.start_at, contract.end_at), contract.pickup_branch.zone)


def rates_of(car: Car) -> Rates:
    """Return today's rates: the car's own daily rate, else its category's."""
    category = car.category
    return Rates(
        car.daily_rate if car.daily_rate is not None else category.daily_rate,
        category.km_per_day,
        category.excess_km_rate,
        category.deposit,
    )


def quote(daily_rate: Decimal, days: int, extras: Sequence[Chosen] = ()) -> list[Line]:
    """Return the lines of a rental of so many days."""
    return [_rental("Rental", daily_rate, days), *(_extra(chosen, days) for chosen in extras)]


def extension(daily_rate: Decimal, days: int, extras: Sequence[Chosen] = ()) -> list[Line]:
    """Return the lines that more days add; extras per rental are already paid for."""
    if days <= 0:
        return []
    daily = [chosen for chosen in extras if chosen.extra.charge == Extra.Charge.PER_DAY]
    return [_rental("Extension", daily_rate, days), *(_extra(chosen, days) for chosen in daily)]


def recount(contract: Contract, extras: Sequence[Chosen], days: int) -> Decimal:
    """Count the lines of a booking for so many days, at the prices agreed on; return what that adds to the total."""
    before, added = days_of(contract), Decimal("0.00")
    daily = {one.extra.pk for one in extras if one.extra.charge == Extra.Charge.PER_DAY}
    if days == before:
        return added
    for row in contract.lines.filter(kind__in=(LineKind.RENTAL, LineKind.EXTRA)).order_by("id"):
        if row.kind == LineKind.RENTAL:
            line = _rental("Rental", contract.daily_rate, days)
        elif row.extra_id in daily:
            line = _daily(row, row.unit_price / before, days)
        else:
            continue
        added += line.amount - row.amount
        for name in _COUNTED:
            setattr(row, name, getattr(line, name))
        unit.update(row, *_COUNTED)
    return added


def total(lines: Sequence[Line] | Sequence[PriceLine]) -> Decimal:
    """Return the sum of rounded lines."""
    return sum((line.amount for line in lines), Decimal("0.00"))


def write(contract: Contract, lines: Sequence[Line]) -> list[PriceLine]:
    """Write the lines and return their rows; the caller adds them to the contract's total."""
    return [
        unit.insert(
            PriceLine(
                contract=contract,
                kind=line.kind,
                extra=line.extra,
                description=line.description,
                quantity=line.quantity,
                unit_price=line.unit_price,
                amount=line.amount,
                explained=line.explained,
            )
        )
        for line in lines
    ]


def _rental(name: str, daily_rate: Decimal, days: int) -> Line:
    return Line(
        LineKind.RENTAL,
        f"{name}, {_counted(days, 'day')}",
        Decimal(days),
        daily_rate,
        f"{_counted(days, 'day')} × {daily_rate} (started 24 hours, 59 minutes of grace)",
    )


def _extra(chosen: Chosen, days: int) -> Line:
    # The quantity is always the number of pieces, so that the stock can be counted from the lines.
    extra, pieces = chosen.extra, chosen.quantity
    if extra.charge == Extra.Charge.PER_DAY:
        explained = f"{pieces} × {_counted(days, 'day')} × {extra.price}"
        return Line(LineKind.EXTRA, extra.name, Decimal(pieces), days * extra.price, explained, extra)
    return Line(LineKind.EXTRA, extra.name, Decimal(pieces), extra.price, f"{pieces} × {extra.price}", extra)


def _daily(row: PriceLine, price: Decimal, days: int) -> Line:
    price = rounded(price)
    explained = f"{row.quantity.normalize():f} × {_counted(days, 'day')} × {price}"
    return Line(LineKind.EXTRA, row.description, row.quantity, days * price, explained)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
