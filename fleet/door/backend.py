"""One connection to PostgreSQL that the event loop asks: libpq without a thread, one question at a time."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection, OperationalError
from psycopg import Error as PsycopgError
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus

_PATIENCE: Final = 1.0  # for a server to take a cancellation
_logger = logging.getLogger(__name__)

type Found = list[tuple[Any, ...]]


class Away(Exception):
    """There is no answer from here."""


@dataclass(slots=True)
class Question:
    text: str
    params: Sequence[bytes]
    asked: float
    answer: asyncio.Future[Found]

    def fail(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(Away())


class Line:
    """One connection; `done` is called when it is free again, `lost` when it is not there any more."""

    def __init__(self, raw: Connection[Any], done: Callable[["Line"], None], lost: Callable[["Line"], None]) -> None:
        self._raw, self._pg, self._done, self._lost = raw, raw.pgconn, done, lost
        self._keeps = raw.prepare_threshold is not None
        self._names: dict[str, bytes] = {}  # of statements that the server has planned for this connection
        self._comes: bytes | None = None  # the name of the one that it is planning
        self._reading = Transformer(raw)
        self._result: Any = None
        self.question: Question | None = None
        self._pg.nonblocking = 1
        self._loop = asyncio.get_running_loop()
        self._socket = self._pg.socket
        self._loop.add_reader(self._socket, self._hear)

    def ask(self, question: Question) -> None:
        self.question = question
        try:
            self._send(question)
        except OperationalError as error:
            self.lose(error)

    def _send(self, question: Question) -> None:
        name = self._names.get(question.text)
        if not self._keeps:
            self._pg.send_query_params(question.text.encode(), question.params)
        elif name is None:
            self._comes = b"hot%d" % len(self._names)
            self._pg.send_prepare(self._comes, question.text.encode())
        else:
            self._pg.send_query_prepared(name, question.params)
        if self._pg.flush():  # one small question: it has room in the socket, or nobody reads at the other end
            raise OperationalError("the server takes no more")

    def _hear(self) -> None:
        try:
            self._pg.consume_input()
            while not self._pg.is_busy():
                result = self._pg.get_result()
                if result is None:
                    self._take()
                    return
                self._result = result
        except OperationalError as error:
            self.lose(error)

    def _take(self) -> None:
        """Take what has been answered: a plan, or rows."""
        question, result, self._result = self.question, self._result, None
        if question is None or result is None:
            return
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            raise OperationalError(result.get_error_message())
        if self._comes is not None:
            self._names[question.text], self._comes = self._comes, None
            self._send(question)
            return
        self._reading.set_pgresult(result)
        found = self._reading.load_rows(0, result.ntuples, tuple)
        self.question = None
        if not question.answer.done():
            question.answer.set_result(found)
        self._done(self)

    def lose(self, why: object, *, stop: bool = False) -> None:
        """End it; its question gets no answer. The server may be told to stop looking for one."""
        _logger.info("a connection for hot reads is lost: %s", why)
        self._loop.remove_reader(self._socket)
        if stop:
            self._loop.run_in_executor(None, self._stop)
        else:
            self._raw.close()
        if self.question:
            self.question.fail()
        self._lost(self)

    def _stop(self) -> None:
        """Cancel the statement, in a thread: a server does not notice that nobody is there until it has the rows."""
        try:
            self._raw.cancel_safe(timeout=_PATIENCE)
        except PsycopgError as error:
            _logger.info("a statement of a lost connection could not be cancelled: %s", error)
        finally:
            self._raw.close()
