"""Dates and times as the clock on the wall of a branch shows them."""

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_WRITTEN: Final = "%d.%m.%Y %H:%M"


class WallClockField(forms.SplitDateTimeField):
    """A date and a time that are no instant before one knows the branch."""

    widget = forms.SplitDateTimeWidget  # the admin's look comes with the page

    def compress(self, data_list: Any) -> Any:
        if not data_list:
            return None
        day, hour = data_list
        if day in self.empty_values or hour in self.empty_values:
            raise ValidationError(_("Enter a date and a time."), code="incomplete")
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise ValidationError(_("Enter a date between 2000 and 2100."), code="year_out_of_range")
        return datetime.combine(day, hour)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clock shows this time; of a repeated hour the first.

    Raises ValidationError for a time that the clock skips in spring.
    """
    found = wall.replace(tzinfo=zone)
    if found.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        raise ValidationError(
            _("%(time)s does not exist at the branch: the clock goes forward in that hour."),
            code="time_skipped",
            params={"time": wall.strftime(_WRITTEN)},
        )
    return found.astimezone(UTC)


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clock of the zone shows at the instant."""
    return at.astimezone(zone).replace(tzinfo=None)


def shown(at: datetime | None, zone: ZoneInfo) -> str:
    """Return the instant for people."""
    return at.astimezone(zone).strftime(_WRITTEN) if at else ""


def asked_for(text: str) -> datetime | None:
    """Return the wall-clock time of `?start=2026-12-04T16:00`, or None for anything else."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
