"""Many INSERTs and UPDATEs as one statement: each a part of one WITH, run to its end by PostgreSQL.

All parts see the database as it was before the statement and run in an order of PostgreSQL's choosing. So no row may be
written twice, and where rows of one table make room for new ones (an assignment is closed, the next one opened) the
updates are a statement of their own before. Foreign keys are checked at the commit: any order is right for them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import batched, chain
from typing import Any, Final

from django.db import connection, models

from fleet.db import prepared
from fleet.db.kinds import fits
from fleet.errors import Stale

_MOST: Final = 500  # rows of one statement

type _AnyField = models.Field[Any, Any]  # lazy: Django's class takes no parameters at run time


@dataclass(frozen=True)
class Insert:
    """A new row; `once` lets one that is there already stand."""

    model: type[models.Model]
    values: Sequence[Any]
    once: bool = False


@dataclass(frozen=True)
class Update:
    """Some columns of a row that must still have the version that was read; the values end with its key and version."""

    model: type[models.Model]
    columns: tuple[str, ...]
    values: Sequence[Any]


type Write = Insert | Update
type _Part = tuple[str, Sequence[Any]]


def insert(row: models.Model, *, once: bool = False) -> Insert:
    """Return the row as it is now, to be written."""
    return Insert(type(row), [_value(field, row, add=True) for field in _written(type(row))], once)


def update(row: models.Model, names: Collection[str], *, version: int) -> Update:
    """Return these fields of the row as they are now, to be written."""
    fields = [one for one in row._meta.concrete_fields if one.name in names]
    values = [_value(field, row, add=False) for field in fields]
    return Update(type(row), tuple(map(_column, fields)), [*values, row.pk, version])


def run(writes: Sequence[Write]) -> None:
    """Write all rows. Raises Stale when one to be updated is not of its version any more."""
    for some in batched(writes, _MOST):
        updates = [one for one in some if isinstance(one, Update)]
        inserts = [one for one in some if isinstance(one, Insert)]
        changes = [(_update_of(one.model, one.columns), one.values) for one in updates]
        if {one.model for one in updates}.isdisjoint(one.model for one in inserts):
            _execute([*changes, *_inserts(inserts)], len(updates))
        else:
            _execute(changes, len(updates))
            _execute(list(_inserts(inserts)), 0)


def _execute(parts: list[_Part], updates: int) -> None:
    statement = parts[0][0]
    if len(parts) > 1 or updates:
        named = ", ".join(f"w{number} AS ({sql})" for number, (sql, _) in enumerate(parts))
        counts = " + ".join(f"(SELECT count(*) FROM w{number})" for number in range(updates)) or "0"  # noqa: S608
        statement = f"WITH {named} SELECT {counts}"
    with prepared.executed(
        connection, prepared.statement(statement), [v for _, values in parts for v in values]
    ) as cursor:
        if updates and cursor.fetchone() != (updates,):
            raise Stale


def _inserts(writes: Sequence[Insert]) -> Iterator[_Part]:
    """Yield one part per table, in the order in which the tables came."""
    rows: defaultdict[tuple[type[models.Model], bool], list[Sequence[Any]]] = defaultdict(list)
    for one in writes:
        rows[one.model, one.once].append(one.values)
    for (model, once), some in rows.items():
        yield _insert_into(model, len(some), once), list(chain.from_iterable(some))


def _value(field: _AnyField, row: models.Model, *, add: bool) -> Any:
    value = field.pre_save(row, add)
    return value if fits(field, value) else field.get_db_prep_save(value, connection)


@lru_cache
def _written(model: type[models.Model]) -> tuple[_AnyField, ...]:
    """Return the columns that we give a value; the others are the database's."""
    own = (one for one in model._meta.concrete_fields if not isinstance(one, models.AutoField))
    return tuple(one for one in own if not one.has_db_default())


@lru_cache(maxsize=1024)
def _insert_into(model: type[models.Model], rows: int, once: bool) -> str:  # noqa: FBT001 - a key of the cache
    fields = _written(model)
    names = ", ".join(_quoted(_column(field)) for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * rows)
    stands = " ON CONFLICT DO NOTHING" if once else ""
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES {places}{stands}"  # noqa: S608


@lru_cache(maxsize=1024)
def _update_of(model: type[models.Model], names: tuple[str, ...]) -> str:
    pk: Any = model._meta.pk
    changes = ", ".join(f"{_quoted(name)} = %s" for name in names)
    return (
        f"UPDATE {_quoted(model._meta.db_table)} SET {changes} "  # noqa: S608 - names of our own columns
        f'WHERE {_quoted(pk.column)} = %s AND "version" = %s RETURNING 1'
    )


def _column(field: _AnyField) -> str:
    return str(field.column)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
