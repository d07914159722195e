"""Figures in lists: sums with their currency, whole numbers in groups, all below each other by their last digit."""

from collections.abc import Callable, Container, Iterable
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Model

from fleet import money

_DIGITS_OF_MONEY: Final = 12

type Column = str | Callable[[Any], str | None]


def columns(model: type[Model], names: Iterable[str], links: Container[str]) -> list[Column]:
    """Return the columns of a list; what leads to the record stays as it is."""
    return [name if name in links else _column(model, name) for name in names]


def shown(value: Decimal | int | None) -> str | None:
    """Return a figure for people, None for none."""
    if value is None:
        return None
    return money.shown(value) if isinstance(value, Decimal) else money.grouped(value)


def _column(model: type[Model], name: str) -> Column:
    field = _figure(model, name)
    if field is None:
        return name

    def figure(record: Model) -> str | None:
        return shown(getattr(record, name))

    figure.__name__ = f"figure_{name}"
    figure.short_description = field.verbose_name  # type: ignore[attr-defined]
    figure.admin_order_field = name  # type: ignore[attr-defined]
    return figure


def _figure(model: type[Model], name: str) -> Any:
    """Return the field if it holds money or a whole number that is no choice."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if isinstance(field, models.DecimalField):
        return field if field.max_digits == _DIGITS_OF_MONEY else None
    return field if isinstance(field, models.IntegerField) and not field.choices else None
