"""Many INSERTs and UPDATEs as one statement: each a part of one WITH, run to its end by PostgreSQL.

All parts see the database as it was before the statement and run in an order of PostgreSQL's choosing. So no row may be
written twice, and where rows of one table make room for new ones (an assignment is closed, the next one opened) the
updates are a statement of their own before. Foreign keys are checked at the commit: any order is right for them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from itertools import batched, chain
from typing import Any, Final, NamedTuple

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, models
from psycopg.types.json import Jsonb

from fleet.db import prepared
from fleet.db.kinds import fits, sure_kind
from fleet.db.message import Last
from fleet.db.regions import Change, together
from fleet.errors import Stale

_MOST: Final = 500  # rows of one statement
_DIVISION_BY_ZERO: Final = "22012"
# Exactly Django's own: the size of a number goes with it, by the column, or its value would choose another plan.
_INTEGERS: Final = frozenset(
    {
        *(models.SmallIntegerField, models.IntegerField, models.BigIntegerField),
        *(models.PositiveSmallIntegerField, models.PositiveIntegerField, models.PositiveBigIntegerField),
    }
)
_KEPT: Final = (models.Field.pre_save, models.DateField.pre_save, models.DateTimeField.pre_save)

type _AnyField = models.Field[Any, Any]  # lazy: Django's class takes no parameters at run time


class JsonText(str):
    """A value for a column of JSON that is text already."""

    __slots__ = ()


class _Column(NamedTuple):
    """How a column gets its value: from the row's `kept` ("": the field makes it); of `kind` by `make`, or as it is."""

    field: _AnyField
    kept: str
    kind: type | None
    make: Callable[[Any], Any] | None

    def sent(self, value: Any) -> Any:
        """Return the value as the driver takes it."""
        if type(value) is self.kind:
            return self.make(value) if self.make else value
        return None if value is None else _prepared(self.field, value)


_AS_THEY_ARE: Final = frozenset({JsonText, IPv4Address, IPv6Address})


@dataclass(frozen=True)
class Insert:
    """A new row; `once` lets one that is there already stand."""

    model: type[models.Model]
    values: Sequence[Any]
    once: bool = False
    change: Change | None = None


@dataclass(frozen=True)
class Update:
    """Some columns of a row that must still have the version that was read; the values end with its key and version."""

    model: type[models.Model]
    columns: tuple[str, ...]
    values: Sequence[Any]
    change: Change | None = None


@dataclass(frozen=True)
class Late:
    """A text that PostgreSQL makes inside the statement: in the values, alone or within others, `token` stands for it.

    `sql` is an INSERT or UPDATE that returns it; `known` is told.
    """

    token: str
    sql: str
    params: Sequence[Any]
    known: Callable[[str], None]

    def places(self, values: Sequence[Any]) -> tuple[str, ...]:
        """Return the places of the values in a statement."""
        return tuple([self._place(one) if isinstance(one, (str, Jsonb)) else "%s" for one in values])

    def _place(self, value: str | Jsonb) -> str:
        if self.token not in (value if isinstance(value, str) else repr(value.obj)):
            return "%s"
        if isinstance(value, Jsonb):
            return f"replace(%s::jsonb::text, '{self.token}', {_MADE})::jsonb"
        made = f"replace(%s, '{self.token}', {_MADE})"
        return f"{made}::jsonb" if isinstance(value, JsonText) else made


_MADE: Final = "(SELECT made FROM late)"
type Write = Insert | Update
type _Part = tuple[str, Sequence[Any]]


def insert(row: models.Model, *, once: bool = False) -> Insert:
    """Return the row as it is now, to be written."""
    values = []
    for column in _recipe(type(row)):
        value = getattr(row, column.kept) if column.kept else column.field.pre_save(row, add=True)
        values.append(column.sent(value))
    return Insert(type(row), values, once, Change(old=False, ids=_ids(row)))


def plain(model: type[models.Model], values: Mapping[str, Any]) -> Insert:
    """Return a row that is no instance, by the names of its columns; what is not given has its default."""
    made = []
    for column in _recipe(model):
        name = column.field.attname
        made.append(column.sent(values[name] if name in values else column.field.get_default()))
    return Insert(model, made)


def update(row: models.Model, names: Collection[str], *, version: int) -> Update:
    """Return these fields of the row as they are now, to be written."""
    fields = [one for one in row._meta.concrete_fields if one.name in names]
    values = [_prepared(field, field.pre_save(row, add=False)) for field in fields]
    moved = any(field.is_relation for field in fields)  # whom the row pointed at before is not to be told
    change = None if moved else Change(old=True, ids=_ids(row))
    return Update(type(row), tuple(map(_column, fields)), [*values, row.pk, version], change)


def _ids(row: models.Model) -> tuple[str, ...]:
    """Return the row's key and those that it points at."""
    found = [getattr(row, name) for name in _links(type(row))]  # a column that was not read is read: others wait for it
    return tuple([str(one) for one in found if one is not None])


@lru_cache
def _links(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(one.attname for one in model._meta.concrete_fields if one.primary_key or one.is_relation)


def run(writes: Sequence[Write], late: Late | None = None, *, last: bool = False) -> None:
    """Write all rows. Raises Stale when one to be updated is not of its version any more.

    `last`: nothing but the COMMIT comes after them, so the last statement is left to travel with it.
    """
    statements = list(_statements(writes, late))
    for number, one in enumerate(statements, start=1):
        one.execute(last=last and number == len(statements))


def lost(error: Error) -> bool:
    """Say whether what travelled with the COMMIT failed because a row was not of its version any more."""
    return getattr(error.__cause__, "sqlstate", None) == _DIVISION_BY_ZERO


def _statements(writes: Sequence[Write], late: Late | None) -> Iterator["_Together"]:
    for some in batched(writes, _MOST):
        updates = [one for one in some if isinstance(one, Update)]
        inserts = [one for one in some if isinstance(one, Insert)]
        changes = [(_update_of(one.model, one.columns), one.values) for one in updates]
        if {one.model for one in updates}.isdisjoint(one.model for one in inserts):
            yield _Together([*changes, *_inserts(inserts, late)], len(updates), late, _changes(some))
        else:
            yield _Together(changes, len(updates), None, _changes(updates))
            yield _Together(list(_inserts(inserts, late)), 0, late, _changes(inserts))


def _changes(writes: Sequence[Write]) -> dict[str, Change | None]:
    """Return what the readers of each table must know."""
    found: dict[str, Change | None] = {}
    for one in writes:
        table = one.model._meta.db_table
        found[table] = together(found[table], one.change) if table in found else one.change
    return found


class _Together:
    """Parts that are one statement; the first `updates` of them must each find their row."""

    def __init__(
        self, parts: Sequence[_Part], updates: int, late: Late | None, changes: Mapping[str, Change | None]
    ) -> None:
        self._parts, self._updates, self._changes = parts, updates, changes
        self._late = late if late and any(_MADE in sql for sql, _ in parts) else None

    def execute(self, *, last: bool) -> None:
        values = [value for _, some in self._parts for value in some]
        if self._late:
            values = [*self._late.params, *values]
        statement = prepared.statement(self._text(checked=last))
        if last:
            connection.commit_with(Last(statement, values, self._told, self._changes))  # type: ignore[attr-defined]
            return
        with connection.telling(self._changes):  # type: ignore[attr-defined]
            found = prepared.rows(connection, statement, values)
        self._told(found)

    def _text(self, *, checked: bool) -> str:
        """Return the statement; `checked` lets PostgreSQL itself fail where `_told` would raise Stale: in time."""
        if len(self._parts) == 1 and not self._updates and not self._late:
            return self._parts[0][0]
        named = ", ".join(f"w{number} AS ({sql})" for number, (sql, _) in enumerate(self._parts))
        found = " + ".join(f"(SELECT count(*) FROM w{number})" for number in range(self._updates)) or "0"  # noqa: S608
        if checked and self._updates:
            found = f"{self._updates} / ({found} = {self._updates})::int"
        if self._late is None:
            return f"WITH {named} SELECT {found}"
        return f"WITH late (made) AS ({self._late.sql}), {named} SELECT {found}, {_MADE}"

    def _told(self, rows: Sequence[Any]) -> None:
        if self._updates and rows[0][0] != self._updates:
            raise Stale
        if self._late:
            self._late.known(rows[0][1])


def _inserts(writes: Sequence[Insert], late: Late | None) -> Iterator[_Part]:
    """Yield one part per table, in the order in which the tables came."""
    rows: defaultdict[tuple[type[models.Model], bool], list[Sequence[Any]]] = defaultdict(list)
    for one in writes:
        rows[one.model, one.once].append(one.values)
    for (model, once), some in rows.items():
        values = list(chain.from_iterable(some))
        places = late.places(values) if late else ("%s",) * len(values)
        yield _insert_into(model, places, once), values


def _prepared(field: _AnyField, value: Any) -> Any:
    if fits(field, value) or type(value) in _AS_THEY_ARE:
        return value
    return field.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])


@lru_cache
def _recipe(model: type[models.Model]) -> tuple[_Column, ...]:
    """Return the columns to be written, and how."""
    return tuple(_column_of(one) for one in _written(model))


def _column_of(field: _AnyField) -> _Column:
    kept = field.attname if _keeps(field) else ""
    if type(field) in _INTEGERS:
        sizes: Any = connection.ops
        return _Column(field, kept, int, sizes.integerfield_type_map[field.get_internal_type()])
    return _Column(field, kept, sure_kind(field), None)


def _keeps(field: _AnyField) -> bool:
    """Say whether the row has the value already: the time of writing and the name of a file are made by the field."""
    dated = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return type(field).pre_save in _KEPT and not dated


@lru_cache
def _written(model: type[models.Model]) -> tuple[_AnyField, ...]:
    """Return the columns that we give a value; the others are the database's."""
    own = (one for one in model._meta.concrete_fields if not isinstance(one, models.AutoField))
    return tuple(one for one in own if not one.has_db_default())


@lru_cache(maxsize=1024)
def _insert_into(model: type[models.Model], places: tuple[str, ...], once: bool) -> str:  # noqa: FBT001 - a key of the cache
    fields = _written(model)
    names = ", ".join(_quoted(_column(field)) for field in fields)
    rows = ", ".join(f"({', '.join(row)})" for row in batched(places, len(fields)))
    stands = " ON CONFLICT DO NOTHING" if once else ""
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES {rows}{stands}"  # noqa: S608


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
