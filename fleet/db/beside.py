"""Rows of other tables that come with a row, in its statement: arrays of JSON that become instances again.

    car = Car.objects.annotate(packed=beside.rows(Customer.objects.filter(…))).get(pk=pk)
    customers = beside.instances(Customer, car.packed)

What prefetch_related asks one statement each for. Money travels as text: JSON knows no decimals.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import CharField, F
from django.db.models.functions import Cast, JSONObject
from django.utils.dateparse import parse_datetime

type _Made = Mapping[str, Any]


def rows(found: models.QuerySet[Any], **more: Any) -> ArraySubquery:
    """Return these rows in their order as a column of another row, with `more` expressions."""
    model: type[models.Model] = found.model
    return ArraySubquery(found.values(row=JSONObject(**_columns(model), **more)))


def instances[M: models.Model](model: type[M], found: Iterable[_Made]) -> list[M]:
    return [instance(model, row) for row in found]


def instance[M: models.Model](model: type[M], row: _Made) -> M:
    """Return the row as the ORM would have read it."""
    readers = _readers(model)
    return model.from_db(DEFAULT_DB_ALIAS, [name for name, _ in readers], [read(row) for _, read in readers])


def remember(row: models.Model, name: str, related: Sequence[models.Model], back: str) -> None:
    """Take these for all that the relation `name` leads to; `back` is the relation from them to the row."""
    queryset = getattr(row, name).all()
    queryset._result_cache, queryset._prefetch_done = list(related), True
    vars(row).setdefault("_prefetched_objects_cache", {})[name] = queryset
    for one in related:
        setattr(one, back, row)


@cache
def _columns(model: type[models.Model]) -> dict[str, Any]:
    fields = model._meta.concrete_fields
    return {
        one.attname: Cast(one.attname, CharField()) if isinstance(one, models.DecimalField) else F(one.attname)
        for one in fields
    }


@cache
def _readers(model: type[models.Model]) -> tuple[tuple[str, Callable[[_Made], Any]], ...]:
    return tuple((field.attname, _reader(field)) for field in model._meta.concrete_fields)


def _reader(field: "models.Field[Any, Any]") -> Callable[[_Made], Any]:
    name, read = field.attname, field.to_python
    if isinstance(field, models.DateTimeField):
        return lambda row: None if row[name] is None else parse_datetime(row[name])
    if isinstance(field, models.JSONField):
        return lambda row: row[name]
    return lambda row: read(row[name])
