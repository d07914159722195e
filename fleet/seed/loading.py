"""Getting sheets into the database fast, and the database back to its full guard."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection

from fleet.seed.sheet import Sheet

_SET_ASIDE = """
SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
FROM pg_constraint c WHERE c.conrelid::regclass::text = ANY(%s) AND c.contype IN ('f', 'u')
ORDER BY c.contype <> 'f', c.conname
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i WHERE i.indrelid::regclass::text = ANY(%s) AND NOT i.indisprimary
AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = i.indrelid)
ORDER BY 1
"""


class Lorry:
    """Copies one load while the next one is written: Python on one core, PostgreSQL on the other."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self._raw: Any = connection.connection
        self._driver = ThreadPoolExecutor(max_workers=1)
        self._under_way: Future[None] | None = None

    def send(self, sheets: Iterable[Sheet]) -> None:
        """Take the lines of the sheets; returns when the load before them has arrived."""
        load = [(sheet.copy, text) for sheet in sheets if (text := sheet.take())]
        self.arrive()
        self._under_way = self._driver.submit(self._copy, load)

    def arrive(self) -> None:
        """Wait for the load that is under way. Raises what the database said of it."""
        if self._under_way is not None:
            self._under_way.result()

    def close(self) -> None:
        self._driver.shutdown()

    def _copy(self, load: Sequence[tuple[str, str]]) -> None:
        with self._raw.cursor() as cursor:
            for statement, text in load:
                with cursor.copy(statement) as copy:
                    copy.write(text)


@contextmanager
def lorry() -> Iterator[Lorry]:
    """Yield a lorry; on leaving everything has arrived."""
    drive = Lorry()
    try:
        yield drive
        drive.arrive()
    finally:
        drive.close()


@contextmanager
def triggers_off(tables: Sequence[str]) -> Iterator[None]:
    """Load finished contracts, which the guards of single steps would refuse; `checks` asks the same of all rows."""
    _settle()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        _settle()
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _settle() -> None:
    """Check now what is deferred to the commit: PostgreSQL alters no table that has checks pending."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def set_aside(tables: Sequence[str]) -> list[str]:
    """Drop indexes and foreign keys until the end of the load; return the statements that bring them back.

    One sort beats a million insertions, one join a million look-ups. It happens within the transaction of the load:
    nobody ever sees the tables without them. The exclusion constraint stays: building it asks for every row whether
    it overlaps another, just as inserting does, and while rows come in the database has time.
    """
    _settle()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(_SET_ASIDE, [list(tables)])
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        for table, name, _ in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
    back = [definition for _, definition in indexes]
    # unique constraints first, then foreign keys: they are checked by joins over the new indexes
    for table, name, definition in reversed(constraints):
        back.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    return back


def bring_back(statement: str) -> None:
    """Rebuild one index or constraint. Raises IntegrityError when the rows do not fit it."""
    _settle()
    with connection.cursor() as cursor:
        cursor.execute(statement)


def analyze(tables: Iterable[str]) -> None:
    """Let the planner know what has arrived, and sort in memory what the checks will ask in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(f"ANALYZE {', '.join(tables)}")
