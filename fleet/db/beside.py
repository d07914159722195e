"""Rows of other tables that come with a row, in its statement: arrays of JSON that become instances again.

    contract = Contract.objects.annotate(their=beside.rows(Payment.objects.filter(contract=OuterRef("pk")))).get(pk=pk)
    payments = beside.instances(Payment, contract.their)

What prefetch_related asks one statement each for. Money travels as text: JSON knows no decimals.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeField, RangeStartsWith
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import CharField, F
from django.db.models.functions import Cast, JSONObject
from django.utils.dateparse import parse_datetime

type _Made = Mapping[str, Any]
_START: Final = "__start"
_END: Final = "__end"


def rows(found: models.QuerySet[Any], *names: str, **more: Any) -> ArraySubquery:
    """Return the columns of these rows (all, or the named ones) in their order, with `more` expressions."""
    return ArraySubquery(found.values(row=JSONObject(**columns(found.model, *names), **more)))


def columns(model: type[models.Model], *names: str, via: str = "") -> dict[str, Any]:
    """Return what a JSONObject needs to carry a row; `via` is the relation that leads to it (`occupancy__car`)."""
    carried: dict[str, Any] = {}
    for field in _fields(model, names):
        path = f"{via}__{field.attname}" if via else field.attname
        if isinstance(field, models.DecimalField):
            carried[field.attname] = Cast(path, CharField())
        elif isinstance(field, RangeField):
            carried[field.attname + _START] = RangeStartsWith(F(path))
            carried[field.attname + _END] = RangeEndsWith(F(path))
        else:
            carried[field.attname] = F(path)
    return carried


def instances[M: models.Model](model: type[M], found: Iterable[_Made], *names: str) -> list[M]:
    """Return the rows as instances; columns that were not carried are deferred."""
    return [instance(model, row, *names) for row in found]


def instance[M: models.Model](model: type[M], row: _Made, *names: str) -> M:
    readers = _readers(model, names)
    return model.from_db(DEFAULT_DB_ALIAS, [name for name, _ in readers], [read(row) for _, read in readers])


def remember(row: models.Model, name: str, related: Sequence[models.Model], back: str = "") -> None:
    """Take these for all that the relation `name` leads to; `back` is the relation from them to the row."""
    held: Any = row
    queryset = getattr(held, name).all()
    queryset._result_cache = list(related)
    queryset._prefetch_done = True
    cached = vars(row).setdefault("_prefetched_objects_cache", {})
    cached[name] = queryset
    for one in related if back else ():
        setattr(one, back, row)


@cache
def _fields(model: type[models.Model], names: tuple[str, ...]) -> tuple["models.Field[Any, Any]", ...]:
    fields = model._meta.concrete_fields
    return tuple(one for one in fields if not names or one.name in names or one.attname in names)


@cache
def _readers(model: type[models.Model], names: tuple[str, ...]) -> tuple[tuple[str, Callable[[_Made], Any]], ...]:
    return tuple((field.attname, _reader(field)) for field in _fields(model, names))


def _reader(field: "models.Field[Any, Any]") -> Callable[[_Made], Any]:
    name = field.attname
    if isinstance(field, RangeField):
        start, end = name + _START, name + _END
        return lambda row: DateTimeTZRange(_instant(row[start]), _instant(row[end]), "[)")
    if isinstance(field, models.DateTimeField):
        return lambda row: _instant(row[name])
    if isinstance(field, models.JSONField):
        return lambda row: row[name]
    read = field.to_python
    return lambda row: read(row[name])


def _instant(text: str | None) -> Any:
    return None if text is None else parse_datetime(text)
