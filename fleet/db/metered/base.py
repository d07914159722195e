"""ENGINE "fleet.db.metered": counts and times every statement, under the names of django_prometheus."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from time import perf_counter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from django_prometheus.db import connection_errors_total, connections_total, errors_total, execute_total
from django_prometheus.db.common import query_duration_seconds
from psycopg import RawCursor

from fleet import cache as states
from fleet import witness
from fleet.db import message, regions, waiting
from fleet.db.message import Last
from fleet.db.metered.tables import touched
from fleet.db.prepared import Statement
from fleet.db.regions import Change


class _Operations(DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """Return what was sent; behind it the values that travelled beside it."""
        if isinstance(cursor, _PreparedCursor):
            return f"{sql} -- {params}" if params else str(sql)
        found: str = super().last_executed_query(cursor, sql, params)
        return found


class DatabaseWrapper(base.DatabaseWrapper):
    """Besides: gives every table that a transaction has written a new state, after the commit and before any answer."""

    ops_class = _Operations

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._written: set[str] = set()  # names of fleet/db/regions.py
        self._changes: Mapping[str, Change | None] = {}
        self._last: Last | None = None

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params["cursor_factory"] = _metered(params["cursor_factory"], self.alias, self.vendor)
        return params

    @property
    def prepares(self) -> bool:
        """Say whether the settings let the server keep statements for the connection."""
        self.ensure_connection()
        raw: Any = self.connection
        return raw.prepare_threshold is not None

    def prepared_cursor(self) -> Any:
        """Make a cursor for statements of fleet/db/prepared.py; the connection must be there."""
        wrapper: Any = self  # lazy: Django's stubs leave out what is not documented
        return wrapper._prepare_cursor(_metered(_PreparedCursor, self.alias, self.vendor)(self.connection))

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, or take a connection out of the pool."""
        connections_total.labels(self.alias, self.vendor).inc()
        try:
            return super().get_new_connection(conn_params)
        except Exception:
            connection_errors_total.labels(self.alias, self.vendor).inc()
            raise

    @property
    def sends_messages(self) -> bool:
        """Say whether statements may travel together: not behind a PgBouncer without plans, nor past who watches."""
        return self.prepares and not (self.queries_logged or self.execute_wrappers)

    def exchange(self, parts: Sequence[tuple[Statement, Sequence[Any]]], *, commit: bool = False) -> list[Any]:
        """Send the statements as one message; return the rows of each."""
        wrapper: Any = self
        wrapper.validate_no_broken_transaction()
        for statement, _ in parts:
            _overtake_nothing(self.alias, statement.numbered)
        count, errors, duration = _counters(self.alias, self.vendor)
        count.inc(len(parts))
        began = perf_counter()
        with wrapper.wrap_database_errors:
            try:
                found = message.exchange(
                    wrapper.connection, [(statement.sent, values) for statement, values in parts], commit=commit
                )
            except Exception as error:
                errors.labels(self.alias, self.vendor, type(error).__name__).inc()
                raise
            finally:
                duration.observe(perf_counter() - began)
                for statement, _ in parts:
                    _note(self.alias, statement.numbered)
        return found

    def commit_with(self, last: Last) -> None:
        """Let the transaction's last statement travel with its COMMIT, which must be the next thing to happen."""
        self._last = last

    def _commit(self) -> None:
        last, self._last = self._last, None
        try:
            if last is None:
                super()._commit()  # type: ignore[misc]
            else:
                with self.telling(last.changes):
                    (rows,) = self.exchange([(last.statement, last.values)], commit=True)
                last.told(rows)
        finally:  # also when the answer to COMMIT was lost: it may have happened
            self._tell()

    def _savepoint(self, sid: str) -> None:
        """Open a savepoint after everything that was asked for before it: it must not be rolled back with it."""
        if self.alias == DEFAULT_DB_ALIAS:
            waiting.write()
        super()._savepoint(sid)  # type: ignore[misc]

    def _rollback(self) -> None:
        self._last = None
        self._written.clear()
        with message.keeping_plans(self.connection):
            super()._rollback()  # type: ignore[misc]

    def chunked_cursor(self) -> Any:
        """Make a cursor of the server, whose statements we do not see."""
        if watcher := witness.current():
            watcher.elsewhere = True
        return super().chunked_cursor()

    @contextmanager
    def telling(self, changes: Mapping[str, Change | None]) -> Iterator[None]:
        """Say what the statements of this block do to these tables; of all others everything may have changed."""
        outer, self._changes = self._changes, changes
        try:
            yield
        finally:
            self._changes = outer

    def written(self, tables: frozenset[str]) -> None:
        """Note what a statement has written; outside a transaction it is committed already."""
        for table in tables - states.UNTRACKED:
            self._written |= regions.written(table, self._changes.get(table))
        if self.autocommit:
            self._tell()

    def _tell(self) -> None:
        tables, self._written = self._written, set()
        if tables:
            states.bump(tables)


class _PreparedCursor(base.CursorMixin, RawCursor[Any]):
    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        above: Any = super()
        return above.execute(query, params, prepare=True, **options)


@cache
def _counters(alias: str, vendor: str) -> tuple[Any, Any, Any]:
    connection_errors_total.labels(alias, vendor)  # from 0 on: Prometheus sees no increase in what begins with 1
    return (
        execute_total.labels(alias, vendor),
        errors_total,
        query_duration_seconds.labels(alias=alias, vendor=vendor),
    )


@cache  # one class per kind of cursor: a pool asks again with every check-out
def _metered(cursor: type[Any], alias: str, vendor: str) -> type[Any]:
    executed, errors, duration = _counters(alias, vendor)

    class MeteredCursor(cursor):  # type: ignore[misc]
        def execute(self, *args: Any, **options: Any) -> Any:
            _overtake_nothing(alias, args[0])
            return self._timed(1, super().execute, args, options)

        def executemany(self, query: Any, rows: Sequence[Any], **options: Any) -> Any:
            return self._timed(len(rows), super().executemany, (query, rows), options)

        @contextmanager
        def copy(self, statement: Any, *args: Any, **options: Any) -> Iterator[Any]:
            with super().copy(statement, *args, **options) as channel:
                yield channel
            _note(alias, statement)

        def _timed(self, statements: int, work: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
            executed.inc(statements)
            began = perf_counter()
            try:
                done = work(*args, **options)
                _note(alias, args[0])
                return done
            except Exception as error:
                errors.labels(alias, vendor, type(error).__name__).inc()
                raise
            finally:
                duration.observe(perf_counter() - began)

    return MeteredCursor


def _overtake_nothing(alias: str, statement: Any) -> None:
    """Write what waits for a table that the statement names, so that it finds what the code has done before it."""
    pending = waiting.tables()
    if pending and alias == DEFAULT_DB_ALIAS and not touched(_text(statement)).read.isdisjoint(pending):
        waiting.write()


def _note(alias: str, statement: Any) -> None:
    """Tell the transaction what it has written, and the witness of the request what it has read."""
    watcher = witness.current()
    found = touched(_text(statement))
    if found.written:
        wrapper: Any = connections[alias]
        wrapper.written(found.written)
    if watcher is not None:
        watcher.tables |= found.read
        watcher.wrote |= bool(found.written)
        watcher.elsewhere |= alias != "default"


def _text(statement: Any) -> str:
    """Return the statement's text; of one that was composed it is not to be read off."""
    return statement if isinstance(statement, str) else statement.as_string(None)
