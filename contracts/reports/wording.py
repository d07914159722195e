"""Values of reports as people read them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format

from contracts.reports.shape import Column, Kind
from fleet.money import shown


def worded(column: Column, value: Any) -> str:
    """Return the value in words; nothing is a dash."""
    return "–" if value is None or value == "" else _WORDS.get(column.kind, str)(value)


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _hours(minutes: int) -> str:
    return f"{_spaced(int(minutes) // 60)}:{int(minutes) % 60:02d} h"


_WORDS: Final[Mapping[Kind, Callable[[Any], str]]] = {
    Kind.MONEY: shown,
    Kind.RATE: lambda value: f"{number_format(value, 4)} {settings.CURRENCY}",
    Kind.SHARE: lambda value: f"{number_format(value, 1)} %",
    Kind.MINUTES: _hours,
    Kind.COUNT: _spaced,
    Kind.DAY: lambda value: date_format(value, "SHORT_DATE_FORMAT"),
    Kind.INSTANT: lambda value: date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT"),
}
