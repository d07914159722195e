"""No read ever tells a state older than a write that was answered before the read began; Redis comes and goes.

The whole of it: STALE_PROCESSES=16 STALE_WRITES=20000 STALE_READS=200000 pytest tests/door/test_never_stale.py
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from django.db import connection
from django.utils import timezone

from accounts import tokens
from cars.models import Branch
from fleet.bench.server import serving
from fleet.local import valkey
from tests.door.conftest import Served
from tests.door.test_both_floors import hits, reads
from tests.factories.accounts import UserFactory
from tests.waiting import until

PROCESSES = int(os.environ.get("STALE_PROCESSES", "4"))
WRITES = int(os.environ.get("STALE_WRITES", "1200"))
READS = int(os.environ.get("STALE_READS", "6000"))
ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def redis() -> Iterator["Redis"]:
    with tempfile.TemporaryDirectory(prefix="fleet-stale-") as folder:
        Path(folder).chmod(0o711)
        found = Redis(Path(folder))
        yield found
        found.server.child.stop()


class Redis:
    """A server that remembers on disk, and so comes back with what it knew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = self._start(None)

    def _start(self, like: valkey.Valkey | None) -> valkey.Valkey:
        return valkey.start(self.folder / "valkey", log=self.folder / "log", keep=True, like=like)

    def restart(self, how: signal.Signals) -> None:
        self.server.child.process.send_signal(how)
        self.server.child.process.wait()
        time.sleep(1)
        self.server = self._start(self.server)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it say nothing for a while: connections stay, what is sent to it waits."""
        self.server.child.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.server.child.process.send_signal(signal.SIGCONT)


def process(module: str, *arguments: object, redis: Redis) -> subprocess.Popen[str]:
    database = str(connection.settings_dict["NAME"])
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database}"
    env = {**os.environ, "DATABASE_URL": url, "REDIS_URL": redis.server.url, "FLEET_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", f"tests.door.{module}", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def outcome(one: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = one.communicate(timeout=3_000)
    return one.returncode, said


def test_no_read_is_older_than_a_write_that_was_answered_before_it_began(redis: Redis, tmp_path: Path) -> None:
    rows = [str(Branch.objects.create(code=f"b{n}", name="N0").pk) for n in range(PROCESSES // 2)]
    token = tokens.open_session(UserFactory(role="viewer"), now=timezone.now()).access
    answered = tmp_path / "answered"
    answered.write_bytes(bytes(8 * len(rows)))
    more = {"REDIS_URL": redis.server.url, "FLEET_METRICS_TOKEN": "m"}
    with serving("fleet.asgi", workers=1, threads=4, probe="/readyz", **more) as found:
        share, reads = WRITES // len(rows), READS // len(rows)
        writers = [process("writer", answered, n, pk, share, redis=redis) for n, pk in enumerate(rows)]
        readers = [process("reader", answered, found[0], token, reads, *rows, redis=redis) for _ in rows]
        for how in (signal.SIGTERM, signal.SIGKILL):
            time.sleep(2)
            redis.restart(how)
        for seconds in (0.45, 3):  # as long as it takes to notice, and much longer
            time.sleep(2)
            with redis.frozen():
                time.sleep(seconds)
        assert [outcome(one) for one in (*writers, *readers)] == [(0, "")] * 2 * len(rows)
        assert hits(Served(*found)) > READS / 20


@pytest.fixture
def hot(redis: Redis) -> Iterator["Hot"]:
    """Serve with one web process and a branch whose name it will have at hand."""
    branch = Branch.objects.create(code="hot", name="N0")
    token = tokens.open_session(UserFactory(role="viewer"), now=timezone.now()).access
    more = {"REDIS_URL": redis.server.url, "FLEET_METRICS_TOKEN": "m"}
    with serving("fleet.asgi", workers=1, threads=4, probe="/readyz", **more) as found:
        yield Hot(Served(*found), str(branch.pk), token)


@dataclass(frozen=True)
class Hot:
    served: Served
    pk: str
    token: str

    def name(self) -> str:
        answer, body = self.served.get(f"/api/v1/branches/{self.pk}/", Authorization=f"Bearer {self.token}")
        assert answer.status == 200, body
        return str(json.loads(body)["name"])

    def is_hit(self) -> bool:
        before = hits(self.served)
        self.name()
        return hits(self.served) > before

    @contextmanager
    def stuck(self) -> Iterator[None]:
        (worker,) = psutil.Process(self.served.child.process.pid).children()
        worker.suspend()
        try:
            yield
        finally:
            worker.resume()


@contextmanager
def writer_of_one_name(hot: Hot, redis: Redis, folder: Path) -> Iterator[Callable[[], None]]:
    """Yield what names the branch N1 in another process and returns when that process is gone."""
    answered = folder / "answered"
    answered.write_bytes(bytes(8))
    writer = process("writer", answered, 0, hot.pk, 1, "wait", redis=redis)
    assert writer.stdout
    assert writer.stdout.readline() == "ready\n"

    def write() -> None:
        assert writer.communicate("go\n", timeout=60)[0] == ""
        assert writer.returncode == 0

    yield write


def test_a_process_that_was_stuck_reads_what_was_written_meanwhile_and_pays_nothing_for_it(
    hot: Hot, redis: Redis, tmp_path: Path
) -> None:
    until(hot.is_hit)
    distrusted = reads(hot.served, "away")
    with writer_of_one_name(hot, redis, tmp_path) as write, hot.stuck():
        write()
        time.sleep(1)
    assert hot.name() == "N1"
    assert hot.is_hit()
    assert reads(hot.served, "away") == distrusted


def test_a_process_that_was_stuck_while_redis_was_silent_knows_it_afterwards(
    hot: Hot, redis: Redis, tmp_path: Path
) -> None:
    until(hot.is_hit)
    with writer_of_one_name(hot, redis, tmp_path) as write, hot.stuck():
        with redis.frozen():
            write()  # it can tell nobody, and never will
        time.sleep(0.5)
    assert hot.name() == "N1"
