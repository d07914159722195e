"""Filters of the lists: where a contract stands, and days instead of instants."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter

from contracts.status import Status

_DERIVED: Final = (
    ("booked", _("bookings, not out yet")),
    ("overdue", _("overdue")),
    ("at_risk", _("at risk")),
    ("going_out", _("going out today")),
    ("due_back", _("due back today")),
)


_YEARS: Final = range(1900, 2101)  # of days that may be asked for; far from where time zones overflow


class StandingFilter(DropdownFilter):  # type: ignore[misc]
    """The status, and what follows from it and the clock."""

    title = _("status")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Status.choices, *_DERIVED]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted: Any = self.value()
        found: Any = queryset
        if wanted in Status.values:
            return queryset.filter(status=wanted)
        if wanted == "booked":
            return queryset.filter(status__in=(Status.PENDING, Status.CONFIRMED))
        if wanted in ("overdue", "at_risk"):
            return getattr(found, wanted)(timezone.now())  # type: ignore[no-any-return]
        if wanted in ("going_out", "due_back"):
            today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
            return getattr(found, wanted)(today, today + timedelta(days=1))  # type: ignore[no-any-return]
        return queryset


class DaysFilter(RangeDateFilter):  # type: ignore[misc]
    """From day to day, both whole, on the clock of the installation; nonsense filters nothing."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = (self._day(f"{self.parameter_name}_{end}") for end in ("from", "to"))
        if first:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": first})
        if last:
            queryset = queryset.filter(**{f"{self.parameter_name}__lt": last + timedelta(days=1)})
        return queryset

    def _day(self, name: str) -> datetime | None:
        text = str(self.used_parameters.get(name) or "")
        for written in get_format("DATE_INPUT_FORMATS"):
            try:
                day = datetime.strptime(text, written)  # noqa: DTZ007 - made aware below
            except ValueError:
                continue
            return timezone.make_aware(day) if day.year in _YEARS else None
        return None
