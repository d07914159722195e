"""Statements that are known before travel as one message, and so does the last one with its COMMIT: libpq's pipeline.

What is locked stays locked until the COMMIT arrives. Sent by itself it arrives after an answer has travelled and this
thread has had its turn again among the others; in one message it is there already. The first statement that fails ends
the message: the server runs nothing after it, the COMMIT least of all. Docs: docs/adr/0057.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from psycopg import Connection, errors, generators
from psycopg._preparing import Prepare
from psycopg._queries import PostgresRawQuery
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

from fleet.db.prepared import Statement
from fleet.db.regions import Change

if TYPE_CHECKING:
    from psycopg import abc
    from psycopg.pq.abc import PGresult

type Part = tuple[bytes, Sequence[Any]]  # a statement with its gaps as $1, and what goes into them
type Rows = list[tuple[Any, ...]]
type _Waiting[R] = Generator[Any, Any, R]

_transformers: Final["WeakKeyDictionary[Connection[Any], abc.Transformer]"] = WeakKeyDictionary()
_GOOD: Final = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


@dataclass(frozen=True)
class Last:
    """The last statement of a transaction; `told` gets its rows once they are safe."""

    statement: Statement
    values: Sequence[Any]
    told: Callable[[Rows], None]
    changes: Mapping[str, Change | None] = field(default_factory=dict)  # by table


def exchange(raw: Connection[Any], parts: Sequence[Part], *, commit: bool = False) -> list[Rows]:
    """Run the statements, prepared, in the connection's transaction; return the rows of each. Raises psycopg's errors.

    The transaction is begun in the same message where it has not been begun yet.
    """
    asked = [_asked(raw, *part) for part in parts]
    with raw.lock:
        answers = raw.wait(_exchanged(raw, asked, commit=commit))
    return [_rows(query, result) for query, result in zip(asked, answers, strict=True)]


@contextmanager
def keeping_plans(raw: Connection[Any]) -> Iterator[None]:
    """Let psycopg roll back without forgetting what the server keeps: that outlives a transaction in PostgreSQL."""
    names: Any = raw._prepared._names if raw else {}
    held = dict(names)
    names.clear()
    try:
        yield
    finally:
        names.update(held)


def _asked(raw: Connection[Any], text: bytes, params: Sequence[Any]) -> PostgresRawQuery:
    query = PostgresRawQuery(_transformer(raw))
    query.convert(text, params)
    return query


def _transformer(raw: Connection[Any]) -> "abc.Transformer":
    """Return the connection's own: it knows by now how each type is written and read."""
    known = _transformers.get(raw)
    if known is None:
        known = _transformers[raw] = Transformer.from_context(raw)
    return known


def _exchanged(raw: Connection[Any], asked: Sequence[PostgresRawQuery], *, commit: bool) -> "_Waiting[list[PGresult]]":
    server = raw.pgconn
    begin = server.transaction_status == TransactionStatus.IDLE and not raw.autocommit
    server.enter_pipeline_mode()
    try:
        if begin:
            server.send_query_params(raw._get_tx_start_command(), None)
        made = [_send(raw, query) for query in asked]
        if commit:
            server.send_query_params(b"COMMIT", None)
        server.pipeline_sync()
        yield from generators.send(server)
        answers = yield from _answers(server)
    finally:
        if server.status == ConnStatus.OK:
            server.exit_pipeline_mode()
    return _kept(raw, asked, made, iter(answers[begin:]))


def _send(raw: Connection[Any], query: PostgresRawQuery) -> bytes:
    """Send the statement; return the name under which the server keeps it from now on, empty when it did already."""
    how, name = raw._prepared.get(query, True)
    made = how is Prepare.SHOULD
    if made:
        raw.pgconn.send_prepare(name, query.query, param_types=query.types)
    raw.pgconn.send_query_prepared(name, query.params, param_formats=query.formats)
    return name if made else b""


def _answers(server: Any) -> "_Waiting[list[PGresult]]":
    """Return the results up to the end of the message. Raises what was refused first."""
    found: list[PGresult] = []
    while True:
        for result in (yield from generators.fetch_many(server)):
            if result.status != ExecStatus.PIPELINE_SYNC:
                found.append(result)
                continue
            refused = next((one for one in found if one.status not in _GOOD), None)
            if refused is not None:
                raise errors.error_from_result(refused)
            return found


def _kept(
    raw: Connection[Any], asked: Sequence[PostgresRawQuery], made: Sequence[bytes], answers: "Iterator[PGresult]"
) -> "list[PGresult]":
    """Return the results of the statements, and note which ones the server keeps, where psycopg's cursors look too."""
    found = []
    for query, name in zip(asked, made, strict=True):
        if name:
            next(answers)
            raw._prepared._counts.pop(raw._prepared.key(query), None)
            raw._prepared._names[raw._prepared.key(query)] = name
            raw._prepared._rotate()
        found.append(next(answers))
    return found


def _rows(query: PostgresRawQuery, result: "PGresult") -> Rows:
    transformer = query._tx
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple) if result.ntuples else []
