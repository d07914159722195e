"""Money: Decimal with two places, rounded half up, a string in JSON; and how large numbers look."""

from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.utils.formats import get_format

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
MOST = Decimal("9999999999.99")  # what Decimal(12,2) holds


def rounded(value: Decimal | int) -> Decimal:
    """Return the value as money: two places, half up (commercial rounding)."""
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def grouped(number: int) -> str:
    """Return a whole number for people: `41 739`, with narrow no-break spaces between thousands."""
    return f"{number:,}".replace(",", "\u202f")


def shown(value: Decimal) -> str:
    """Return money for people: `1 234.50 EUR` (Bosnian: `1 234,50`), with narrow no-break spaces between thousands."""
    number = f"{value:,.2f}".replace(",", "\u202f").replace(".", get_format("DECIMAL_SEPARATOR"))
    return f"{number} {settings.CURRENCY}"
