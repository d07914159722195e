"""The pool: bounded, counted at the start, patient for a moment, and whole again when the database is."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from fleet.bench.server import serving
from fleet.db import room
from fleet.local import postgres
from fleet.local.process import CannotStart
from tests.door.conftest import Served, settings_of
from tests.door.load import steady


@pytest.fixture(scope="module")
def database() -> Iterator["Database"]:
    with tempfile.TemporaryDirectory(prefix="fleet-pool-") as folder:
        Path(folder).chmod(0o711)
        found = Database(Path(folder))
        yield found
        found.server.child.stop()


class Database:
    """A server of our own that may be stopped and started at its port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = self._start(None)
        self.port = urlsplit(self.server.url).port

    def _start(self, port: int | None) -> postgres.Postgres:
        return postgres.start(self.folder / "pg", log=self.folder / "log", settings=postgres.THROWAWAY, port=port)

    def restart(self, *, away: float = 0) -> float:
        """Return the moment at which it is back."""
        self.server.child.stop()
        time.sleep(away)
        self.server = self._start(self.port)
        return time.monotonic()


@pytest.fixture
def served(database: Database) -> Iterator[Served]:
    with reaching(database, workers=2) as found:
        yield found


@contextmanager
def reaching(database: Database, *, workers: int, **more: str) -> Iterator[Served]:
    url = {"DATABASE_URL": database.server.url}
    with (
        settings_of("tests.door.settings"),
        serving("fleet.asgi", workers=workers, threads=2, probe="/livez", **url, **more) as found,
    ):
        yield Served(*found)


@pytest.mark.parametrize("away", [0, 6])
def test_a_restart_of_the_database_costs_no_request_that_began_after_it(
    database: Database, served: Served, away: float
) -> None:
    with steady(served.port, "/api/ask/") as load:
        time.sleep(1)
        back = database.restart(away=away)
        time.sleep(5)
    assert [answer for answer in load.since(back) if answer.status != 200] == []
    assert load.statuses() <= {200, 503}
    assert len(load.since(back)) > 300
    assert max(answer.took for answer in load.answers) < 5.5


def test_connections_stay_within_workers_times_pool(database: Database, served: Served) -> None:
    with steady(served.port, "/ask/?s=0.02", clients=12, per_second=400):
        time.sleep(1.5)
        with psycopg.connect(database.server.url) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = 'fleet' AND pid <> pg_backend_pid()"
            ).fetchone()
    assert row
    assert 2 <= row[0] <= 4


def test_who_finds_no_connection_gets_a_503_in_time(database: Database) -> None:
    with reaching(database, workers=1, FLEET_DATABASE_POOL="1") as served:
        holder = threading.Thread(target=served.get, args=("/ask/?s=5",))
        holder.start()
        time.sleep(0.3)
        began = time.monotonic()
        answer, body = served.get("/api/ask/")
        page, _html = served.get("/ask/")
        holder.join()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert b'"code": "busy"' in body
    assert (page.status, page.headers["Retry-After"]) == (503, "1")
    assert time.monotonic() - began < 11


def test_more_connections_than_the_server_has_stop_the_start_in_one_sentence() -> None:
    refused = pytest.raises(
        CannotStart, match="200 web workers with a pool of 4 and 2 connections beside it may open 2400"
    )
    with refused, serving("fleet.asgi", workers=200, threads=4, probe="/livez"):
        pytest.fail("it started")


def test_what_fits_is_let_through(database: Database) -> None:
    room.require(database.server.url, workers=2, pool=4, reserve=20)
    with pytest.raises(room.TooManyConnections):
        room.require(database.server.url, workers=2, pool=50, reserve=20)
    room.require("postgres://nobody@127.0.0.1:1/nothing", workers=200, pool=50, reserve=20)
