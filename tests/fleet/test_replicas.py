"""Two real streaming replicas: one of them is paused, one killed, and nobody who reads notices more than the time."""

import json
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.test import Client

from cars.models import Branch
from fleet import counters
from fleet.actor import acting_as
from fleet.db import replicas, router
from fleet.local import replica
from fleet.local.postgres import Postgres
from fleet.settings.replicas import replica as settings_of
from tests.factories.accounts import UserFactory, client_as
from tests.factories.cars import BranchFactory

pytestmark = pytest.mark.django_db(transaction=True)
ONE, TWO = "replica_1", "replica_2"


def url_of_the_test_database() -> str:
    known = connection.settings_dict
    return f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


@pytest.fixture(scope="module")
def servers(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Postgres]]:
    folder = Path(tempfile.mkdtemp(prefix="fleet-replicas-"))
    folder.chmod(0o711)
    url, started = url_of_the_test_database(), {}
    try:
        for alias in (ONE, TWO):
            started[alias] = replica.follow(url, folder / alias, log=folder / f"{alias}.log")
        yield started
    finally:
        for server in started.values():
            server.child.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def known_as(**urls: str) -> Iterator[None]:
    """Let Django know databases under these names for the block."""
    found = connections.configure_settings({**connections.settings, **{k: settings_of(v) for k, v in urls.items()}})
    connections.settings.update({alias: found[alias] for alias in urls})
    replicas.forget()
    try:
        yield
    finally:
        for alias in urls:
            with suppress(*replicas.GONE):
                connections[alias].close()
            del connections[alias]
            del connections.settings[alias]
        replicas.forget()


@pytest.fixture(autouse=True)
def _every_server(transactional_db: None, django_db_blocker: Any) -> Iterator[None]:
    """Let the test reach databases that were not there when Django drew up its list."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def following(servers: dict[str, Postgres]) -> Iterator[dict[str, Postgres]]:
    with known_as(**{alias: server.url for alias, server in servers.items()}):
        written = replicas._position(fresh=True)  # tests beside us go on writing to the same cluster
        for alias in servers:
            until(lambda alias=alias: replicas.state(alias).position >= written)
        yield servers


def until(true: Callable[[], Any], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came"
        replicas.forget()
        time.sleep(0.02)


def asked() -> str:
    with router.replica_reads():
        return router.alias()


def everyone_asked(times: int = 8) -> set[str]:
    return {asked() for _ in range(times)}


@contextmanager
def paused(server: Postgres) -> Iterator[None]:
    with psycopg.connect(server.url, autocommit=True) as line:
        line.execute("SELECT pg_wal_replay_pause()")
        try:
            yield
        finally:
            line.execute("SELECT pg_wal_replay_resume()")


def test_without_replicas_everything_is_read_from_the_primary() -> None:
    assert replicas.aliases() == []
    assert asked() == DEFAULT_DB_ALIAS


def test_rows_arrive_and_reads_that_ask_for_it_go_to_all_replicas(following: dict[str, Postgres]) -> None:
    BranchFactory(code="arrived")
    with router.replica_reads():
        until(Branch.objects.filter(code="arrived").exists)
        assert Branch.objects.get(code="arrived")._state.db in following
    assert Branch.objects.get(code="arrived")._state.db == DEFAULT_DB_ALIAS
    assert everyone_asked() == {ONE, TWO}


def test_what_was_read_from_a_replica_is_saved_on_the_primary(following: dict[str, Postgres]) -> None:
    BranchFactory(code="moves", name="Mostar")
    with router.replica_reads():
        until(Branch.objects.filter(code="moves").exists)
        branch = Branch.objects.get(code="moves")
        branch.name = "Tuzla"
        branch.save()
    assert Branch.objects.get(code="moves").name == "Tuzla"


def test_inside_a_transaction_the_primary_is_read(following: dict[str, Postgres]) -> None:
    with transaction.atomic():
        BranchFactory(code="unseen")
        with router.replica_reads():
            assert Branch.objects.get(code="unseen")._state.db == DEFAULT_DB_ALIAS
    with router.replica_reads(), transaction.atomic():
        assert router.alias() == DEFAULT_DB_ALIAS


def test_roles_are_always_read_from_the_primary(following: dict[str, Postgres]) -> None:
    user = UserFactory(role="agent")
    with router.replica_reads():
        assert type(user).objects.get(pk=user.pk)._state.db == DEFAULT_DB_ALIAS


def test_a_paused_replica_is_asked_no_more_once_it_lags(following: dict[str, Postgres], settings: Any) -> None:
    settings.REPLICA_MOST_LAG_SECONDS = 1
    with paused(following[ONE]):
        BranchFactory()
        until(lambda: replicas.state(ONE).problem == "lagging")
        replicas.forget()
        assert everyone_asked() == {TWO}
    until(lambda: not replicas.state(ONE).problem)
    replicas.forget()
    assert everyone_asked() == {ONE, TWO}


def test_who_has_just_written_reads_it_wherever_he_is_sent(following: dict[str, Postgres]) -> None:
    client = client_as("manager")
    with paused(following[ONE]), paused(following[TWO]):
        body = {"code": "fresh", "name": "Fresh", "time_zone": "Europe/Sarajevo"}
        assert client.post("/api/v1/branches/", body).status_code == 201
        with acting_as(client.user):
            assert everyone_asked() == {DEFAULT_DB_ALIAS}
            assert router.read(Branch.objects.filter(code="fresh").exists)
        with acting_as(UserFactory()):  # somebody else may wait the seconds that a replica is behind
            assert everyone_asked() <= {ONE, TWO}
    with acting_as(client.user):
        until(lambda: everyone_asked() == {ONE, TWO})


def test_without_redis_nobody_knows_who_has_written(
    following: dict[str, Postgres], monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as(UserFactory()):
        monkeypatch.setattr(counters._away, "_since", time.monotonic())  # as after a failed try
        assert everyone_asked() == {DEFAULT_DB_ALIAS}
        counters._away.forget()
        assert everyone_asked() == {DEFAULT_DB_ALIAS}  # what was written meanwhile, nobody has kept
        replicas.forget()
        until(lambda: everyone_asked() == {ONE, TWO})


@contextmanager
def port_that(answers: bool) -> Iterator[int]:
    """Listen and hang up on everybody, or never say a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def greet() -> None:
            with suppress(OSError):
                while True:
                    line, _ = server.accept()
                    line.close() if answers else held.append(line)

        threading.Thread(target=greet, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        for line in held:
            line.close()


@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_replica_that_dies_while_we_connect_costs_two_seconds_once(hangs_up: bool) -> None:
    BranchFactory(code="there")
    with port_that(hangs_up) as port, known_as(replica_1=f"postgres://fleet:x@127.0.0.1:{port}/fleet"):
        began = time.monotonic()
        assert router.read(Branch.objects.filter(code="there").exists)
        first = time.monotonic()
        assert [router.read(Branch.objects.count) for _ in range(20)] == [1] * 20
        assert first - began < 4
        assert time.monotonic() - first < 1


def test_a_primary_that_is_named_as_a_replica_is_not_asked() -> None:
    with known_as(replica_1=url_of_the_test_database()):
        assert replicas.state(ONE).problem == "not_a_replica"
        assert asked() == DEFAULT_DB_ALIAS


def test_a_replica_that_is_killed_in_the_middle_of_a_report_costs_no_error(following: dict[str, Postgres]) -> None:
    BranchFactory(code="left")
    server = following[TWO]
    first = []

    def report() -> int:
        first.append(router.alias())
        if first == [TWO]:
            os.killpg(server.child.process.pid, signal.SIGKILL)
            server.child.process.wait()
        return Branch.objects.count()

    until(lambda: asked() == ONE)  # turn and turn about: TWO is next
    assert router.read(report) == 1
    assert first == [TWO, DEFAULT_DB_ALIAS]
    assert everyone_asked() == {ONE}
    assert Client().get("/readyz").json()["checks"]["database"] == "ok"
    assert _command() == (3, {ONE: "", TWO: "unreachable"})


def _command() -> tuple[int, dict[str, str]]:
    out, code = StringIO(), 0
    try:
        call_command("replicas", "--json", stdout=out, stderr=StringIO())
    except CommandError as error:
        code = error.returncode
    return code, {one["alias"]: one["problem"] for one in json.loads(out.getvalue())["replicas"]}


def test_the_command_says_so_when_there_are_none() -> None:
    assert _command() == (0, {})
