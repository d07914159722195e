"""Instants with an offset, days of our time, money as a string, people of the house."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from fleet.db.period import EARLIEST_YEAR, LATEST_YEAR
from fleet.money import MOST


class InstantField(serializers.DateTimeField):
    """A moment (RFC 3339): the offset is required on input, UTC on output."""

    default_error_messages = {
        "instant": 'An instant is a text such as "2026-12-04T16:00:00+01:00".',
        "offset_required": 'The offset from UTC is missing: write "…+01:00" or "…Z".',
        "instant_out_of_range": f"The year must lie between {EARLIEST_YEAR} and {LATEST_YEAR}.",
    }

    def to_internal_value(self, value: Any) -> datetime:
        moment = self._parsed(value)
        if moment.tzinfo is None:
            self.fail("offset_required")
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            self.fail("instant_out_of_range")
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            self.fail("instant_out_of_range")
        return moment

    def _parsed(self, value: Any) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            # Python also reads bare dates and digits of other scripts; RFC 3339 does not.
            moment = parse_datetime(value) if _looks_right(value) else None
        except ValueError:
            moment = None
        if moment is None:
            self.fail("instant")
        return moment

    def to_representation(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        moment: datetime = value
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _looks_right(value: Any) -> bool:
    return isinstance(value, str) and 16 <= len(value) <= 40 and value.isascii()


class DayField(serializers.DateField):
    """A day of years that somebody can mean: at the end of the calendar every sum fails."""

    default_error_messages = {"out_of_range": f"The year must lie between {EARLIEST_YEAR} and {LATEST_YEAR}."}

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not EARLIEST_YEAR <= day.year < LATEST_YEAR:
            self.fail("out_of_range")
        return day


class MoneyField(serializers.DecimalField):
    """Decimal(12,2), a string in JSON."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_digits", 12)
        options.setdefault("decimal_places", 2)
        options.setdefault("max_value", MOST)
        super().__init__(**options)


class PersonField(serializers.PrimaryKeyRelatedField[Any]):
    """Somebody who works here, by id. A program outside reads only itself: who works here is not its business."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "For staff; a program outside reads null for everybody but itself.")
        super().__init__(**options)

    @staticmethod
    def shown(pk: Any, reader: Any) -> Any:
        return pk if reader.is_staff or str(pk) == str(reader.pk) else None

    def made_from(self, at: int) -> Any:
        """Return what fleet/api/shapes.py makes of a row that has the id in this place."""
        return lambda row, user: self.shown(row[at], user)

    def to_representation(self, value: Any) -> Any:
        return self.shown(super().to_representation(value), self.context["request"].user)
