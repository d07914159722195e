"""Queries whose SQL is made once: what is asked thousands of times differs in a few values only.

    CARS = Ready(lambda key: Car.objects.filter(pk=key).values_list("license_plate", "year"), key=UUID)
    rows = CARS(key=pk)    # a list of tuples; Django makes no SQL any more, PostgreSQL is asked all the same

The queryset is built with values that occur nowhere else, and wherever the database would have got one of them it gets
the caller's instead. So a value may decide nothing while the queryset is built.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any, Final, cast
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

from fleet.db import loaded
from fleet.db.metered.tables import touched
from fleet.db.prepared import Statement, rows, written_out

# Values that no caller means; microseconds tell several instants apart.
_STAND_INS: Final[dict[type, Callable[[int], Any]]] = {
    UUID: lambda _: uuid4(),
    str: lambda _: uuid4().hex,
    datetime: lambda number: datetime(1066, 10, 14, 9, 0, 0, number, tzinfo=UTC),
    date: lambda number: date(1066, 1, 1) + timedelta(days=number),
}
_KINDS: Final = tuple(_STAND_INS)


@dataclass(frozen=True)
class _Made:
    statement: Statement
    gaps: tuple[str, ...]  # what is put into each, in their order
    told: list[Any]
    queryset: QuerySet[Any, Any]
    compiler: Any
    converters: dict[int, Any]


class Ready:
    """A queryset of tuples (`values_list`) with gaps for some ids, texts and instants."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **gaps: type) -> None:
        self._build = build
        self._gaps = gaps
        self._made: _Made | None = None
        self._making = Lock()

    def __call__(self, **values: Any) -> list[Sequence[Any]]:
        made = self._made or self._make()
        return self.read(rows(connections[made.queryset.db], made.statement, self.params(values)))

    def params(self, values: Mapping[str, Any]) -> list[Any]:
        """Return what is put into the gaps of the statement, in their order."""
        return [values[name] for name in (self._made or self._make()).gaps]

    def read(self, found: list[Sequence[Any]]) -> list[Sequence[Any]]:
        """Return the rows as the fields of the queryset read them, whoever has asked for them."""
        made = self._made or self._make()
        return list(made.compiler.apply_converters(found, made.converters)) if made.converters else found

    def _make(self) -> _Made:
        """Make the SQL once, however many threads ask for it first."""
        with self._making:
            return self._made or self._make_alone()

    def _make_alone(self) -> _Made:
        gaps = {name: _STAND_INS[kind](number) for number, (name, kind) in enumerate(self._gaps.items())}
        queryset = self._build(**gaps)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        missing = [name for name, value in gaps.items() if value not in params]
        if missing:
            raise ValueError(f"The query does not use {missing}.")
        converters = compiler.get_converters([found[0] for found in compiler.select])
        named = {value: name for name, value in gaps.items()}
        names = [named.get(one) if isinstance(one, _KINDS) else None for one in params]
        wrapper = connections[queryset.db]
        statement = written_out(wrapper, sql, zip(params, (name is not None for name in names), strict=True))
        told = [one for one, name in zip(params, names, strict=True) if name is None]
        filled = tuple(name for name in names if name is not None)
        made = self._made = _Made(statement, filled, told, queryset, compiler, converters)
        del self._build  # it may hold on to a request
        return made

    @property
    def statement(self) -> Statement:
        return (self._made or self._make()).statement

    @property
    def tables(self) -> frozenset[str]:
        """Return the tables that the answer depends on."""
        return touched(self.statement.text).read

    @property
    def told(self) -> list[Any]:
        """Return the values that are sent every time, whoever asks."""
        return (self._made or self._make()).told


def together(*asked: tuple[Ready, Mapping[str, Any]]) -> list[list[Sequence[Any]]]:
    """Ask the default database several questions, one after the other, in one message; return the rows of each.

    Each sees what was committed until it is run: what the second one reads is not older than what the first has locked.
    """
    wrapper: Any = connections[DEFAULT_DB_ALIAS]
    if not wrapper.sends_messages:
        return [ready(**values) for ready, values in asked]
    answers = wrapper.exchange([(ready.statement, ready.params(values)) for ready, values in asked])
    return [ready.read(found) for (ready, _), found in zip(asked, answers, strict=True)]


def instance[M: Model](model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """Return the row as the ORM would have read it."""
    return cast("M", loaded.made_of(model, names, values, DEFAULT_DB_ALIAS))
