"""A web process that was stuck believes nothing that Redis does not vouch for, and is otherwise as quick as before."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from django.utils import timezone

from accounts import tokens
from cars.models import Branch
from fleet.bench.server import serving
from tests.door.conftest import Served
from tests.door.memory import Redis, process
from tests.door.test_both_floors import hits, reads
from tests.factories.accounts import UserFactory
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


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
