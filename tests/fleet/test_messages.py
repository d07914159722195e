"""The last statement of a unit of work travels with its COMMIT, and refuses in the same words as before."""

import hashlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from psycopg import generators
from psycopg._preparing import Prepare, PrepareManager
from psycopg._queries import PostgresRawQuery
from psycopg.errors import DivisionByZero
from psycopg.types.json import Jsonb

from cars.models import Branch
from fleet.db import message, unit
from fleet.db.prepared import statement
from fleet.errors import DomainError, Stale
from tests.factories import contracts as given
from tests.factories.cars import BranchFactory
from tests.fleet.test_writes_that_wait import branch, codes, rename

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def traced(folder: Path) -> Iterator[Path]:
    """Let libpq write down what it sends and gets."""
    connection.ensure_connection()
    raw: Any = connection.connection
    with (folder / "trace").open("w+") as file:
        raw.pgconn.trace(file.fileno())
        try:
            yield folder / "trace"
        finally:
            raw.pgconn.untrace()


def sent(trace: Path) -> list[str]:
    """Return what was sent, message by message: the kinds of its parts."""
    kinds = [line.split("\t")[3] for line in trace.read_text().splitlines() if line.split("\t")[1] == "F"]
    return "|".join(kinds).split("Sync")


def test_the_last_statement_and_the_commit_are_one_message(tmp_path: Path) -> None:
    with unit.work():
        branch("A")  # content types are known, plans are made
    with traced(tmp_path) as trace, unit.work():
        branch("B")

    assert codes() == ["A", "B"]
    assert [one.count("Execute") for one in sent(trace)] == [3, 0]  # BEGIN, the statement, COMMIT


def test_a_booking_is_two_messages(tmp_path: Path) -> None:
    clerk, who, car = given.manager(), given.driver(), given.rentable_car()
    given.booked(by=clerk)  # plans are made
    with traced(tmp_path) as trace:
        given.booked(by=clerk, car=car, customer=who)

    # BEGIN, the lock and the facts; what is written and COMMIT.
    assert [one.count("Execute") for one in sent(trace)] == [3, 2, 0]


def test_a_row_that_somebody_else_saved_is_not_overwritten_by_what_travels_with_the_commit() -> None:
    mine = BranchFactory(name="Old")
    rename(Branch.objects.get(pk=mine.pk), "Theirs")

    with pytest.raises(Stale), unit.work():
        rename(branch_beside(mine), "Mine")

    assert list(Branch.objects.values_list("name", flat=True)) == ["Theirs"]


def branch_beside(row: Branch) -> Branch:
    branch("A")
    return row


def test_a_constraint_speaks_with_the_commit_in_the_words_it_was_given() -> None:
    BranchFactory(code="A")
    with pytest.raises(DomainError) as refused, unit.work():
        branch("A")

    assert refused.value.code == "taken"
    assert codes() == ["A"]


def test_a_unit_inside_a_transaction_waits_for_the_commit_of_that() -> None:
    with suppress(DomainError), transaction.atomic():
        with unit.work():
            branch("A")
        assert codes() == ["A"]
        raise DomainError(code="no")

    assert codes() == []


def test_a_transaction_that_is_lost_already_is_not_taken_for_done() -> None:
    def break_it() -> None:
        branch("A")
        with suppress(IntegrityError), transaction.atomic(savepoint=False):
            raise IntegrityError

    with pytest.raises(TransactionManagementError), unit.work():
        break_it()

    assert codes() == []


def test_who_hears_of_the_commit_finds_what_was_written() -> None:
    heard: list[list[str]] = []
    with unit.work():
        transaction.on_commit(lambda: heard.append(codes()))
        branch("A")

    assert heard == [["A"]]


def test_a_refusal_leaves_the_plans_of_the_connection() -> None:
    with suppress(DomainError), unit.work():
        branch("A")
        raise DomainError(code="no")
    with unit.work():
        branch("A")
    kept = plans()
    with suppress(DomainError), unit.work():
        branch("A")
    with unit.work():
        branch("B")

    assert kept
    assert plans() == kept
    assert codes() == ["A", "B"]


def plans() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, prepare_time::text FROM pg_prepared_statements")
        return {"".join(row) for row in cursor.fetchall()}


def test_what_comes_after_a_refusal_in_a_message_is_not_run() -> None:
    write = (b"INSERT INTO contracts_referencecounter (year, last) VALUES ($1, 1)", [1999])
    connection.ensure_connection()
    raw: Any = connection.connection
    with pytest.raises(DivisionByZero), transaction.atomic():
        message.exchange(raw, [(b"SELECT 1 / $1::int", [0]), write], commit=True)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM contracts_referencecounter WHERE year = 1999")
        assert cursor.fetchone() == (0,)


def test_what_a_connection_remembers_of_types_is_not_mixed_up() -> None:
    key, moment = uuid4(), datetime(2026, 11, 25, 12, tzinfo=UTC)
    asked = [
        (statement("SELECT %s::uuid, %s::text"), [key, None]),
        (statement("SELECT %s::text, %s::timestamptz, %s::jsonb = '{}'"), ["x", moment, Jsonb({})]),
    ]
    connection.ensure_connection()

    for _ in range(2):
        assert connection.exchange(asked) == [[(key, None)], [("x", moment, True)]]  # type: ignore[attr-defined]


def test_the_parts_of_psycopg_that_are_not_public_are_those_we_know() -> None:
    """What fleet/db/message.py takes from it; whoever raises psycopg reads both side by side, then writes it here."""
    parts = (PrepareManager.get, PrepareManager.key, PrepareManager._rotate, PrepareManager._should_discard)
    parts += (PostgresRawQuery.convert, PostgresRawQuery.dump, generators._send, generators._fetch_many)
    known = hashlib.sha256("".join(map(inspect.getsource, parts)).encode()).hexdigest()[:16]
    manager = PrepareManager()

    assert (known, Prepare(3).name) == ("5b5418525e89173b", "SHOULD")
    assert (manager._names, manager._counts, list(manager._to_flush)) == ({}, {}, [])
    connection.ensure_connection()
    raw: Any = connection.connection
    assert raw._get_tx_start_command() == b"BEGIN"
    assert type(raw._prepared) is PrepareManager
