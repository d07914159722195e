"""Price lines as the real price list makes them, remembered: there are only so many different ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from contracts import pricing
from contracts.models import Extra
from contracts.pricing import Chosen, Line
from fleet.seed.sheet import NULL, encoded


@dataclass(frozen=True, slots=True)
class Written:
    """The columns of a line from `kind` to `explained`, encoded, and its amount."""

    columns: tuple[str, ...]
    amount: Decimal


class Prices:
    """Quotes for a rate, a number of days and one extra or none (by its number)."""

    def __init__(self, extras: Sequence[Extra]) -> None:
        self.extras = extras
        self.quote = lru_cache(maxsize=None)(self._quote)

    def _quote(self, daily_rate: Decimal, days: int, extra: int | None, pieces: int = 1) -> tuple[Written, ...]:
        chosen = [] if extra is None else [Chosen(self.extras[extra], min(pieces, self.extras[extra].max_quantity))]
        return tuple(written(line) for line in pricing.quote(daily_rate, days, chosen))


def written(line: Line) -> Written:
    extra = line.extra.pk if line.extra else None
    values = (line.kind, extra, line.description, line.quantity, line.unit_price, line.amount, line.explained)
    return Written(tuple(encoded(value) if value is not None else NULL for value in values), line.amount)
