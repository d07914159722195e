"""Values of reports as people read them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _

from cars.models import Car, Inspection, Insurance, Registration
from contracts.models import Contract
from contracts.reports.shape import Column, Kind
from contracts.status import Status
from customers.models import Customer, Document
from fleet.due import State
from fleet.money import grouped, shown
from notifications.models.reminder import SUBJECTS


def worded(column: Column, value: Any) -> str:
    """Return the value in words; nothing is a dash."""
    if value is None or value == "":
        return "–"
    return str(_CODES.get(column.name, {}).get(value) or _WORDS.get(column.kind, str)(value))


def _hours(minutes: int) -> str:
    return f"{grouped(int(minutes) // 60)}:{int(minutes) % 60:02d} h"


_RECORDS: Final[tuple[type[Model], ...]] = (Insurance, Registration, Inspection, Car, Contract, Customer, Document)
_CODES: Final[Mapping[str, Mapping[str, Any]]] = {
    "label": {model._meta.label_lower: model._meta.verbose_name for model in _RECORDS},
    "status": dict(Status.choices),
    "subject": {one.value: label for one, label in SUBJECTS.items()},
    "state": {State.OVERDUE: _("overdue"), State.TODAY: _("today"), State.COMING: _("coming")},
}
_WORDS: Final[Mapping[Kind, Callable[[Any], str]]] = {
    Kind.MONEY: shown,
    Kind.RATE: lambda value: f"{number_format(value, 4)} {settings.CURRENCY}",
    Kind.SHARE: lambda value: f"{number_format(value, 1)} %",
    Kind.MINUTES: _hours,
    Kind.COUNT: grouped,
    Kind.DAY: lambda value: date_format(value, "SHORT_DATE_FORMAT"),
    Kind.INSTANT: lambda value: date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT"),
}
