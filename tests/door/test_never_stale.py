"""No read ever tells a state older than a write that was answered before the read began; Redis comes and goes.

The whole of it: STALE_PROCESSES=16 STALE_WRITES=20000 STALE_READS=200000 pytest tests/door/test_never_stale.py
"""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from django.utils import timezone

from accounts import tokens
from cars.models import Branch
from fleet.bench.server import serving
from tests.door.conftest import Served
from tests.door.memory import Redis, process
from tests.door.test_both_floors import filled, hits
from tests.factories.accounts import UserFactory
from tests.factories.cars import CarFactory

PROCESSES = int(os.environ.get("STALE_PROCESSES", "4"))
WRITES = int(os.environ.get("STALE_WRITES", "1200"))
READS = int(os.environ.get("STALE_READS", "6000"))
BETWEEN = 3.5  # seconds between outages: after each one the lane trusts nobody for two
pytestmark = pytest.mark.django_db(transaction=True)


def outcome(one: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = one.communicate(timeout=3_000)
    return one.returncode, said


def a_row(number: int) -> str:
    """Return the address of a branch, which Django shows, or of a car, which the event loop does."""
    if number % 2:
        return f"cars/{CarFactory(location_note='N0').pk}"
    return f"branches/{Branch.objects.create(code=f'b{number}', name='N0').pk}"


def test_no_read_is_older_than_a_write_that_was_answered_before_it_began(redis: Redis, tmp_path: Path) -> None:
    rows = [a_row(n) for n in range(PROCESSES // 2)]
    token = tokens.open_session(UserFactory(role="viewer"), now=timezone.now()).access
    answered = tmp_path / "answered"
    answered.write_bytes(bytes(8 * len(rows)))
    more = {"REDIS_URL": redis.server.url, "FLEET_METRICS_TOKEN": "m"}
    with serving("fleet.asgi", workers=1, threads=4, probe="/readyz", **more) as found:
        share, reads = WRITES // len(rows), READS // len(rows)
        writers = [
            process("writer", answered, n, row.partition("/")[2], share, redis=redis) for n, row in enumerate(rows)
        ]
        readers = [process("reader", answered, found[0], token, reads, share, *rows, redis=redis) for _ in rows]
        for how in (signal.SIGTERM, signal.SIGKILL):
            time.sleep(2)
            redis.restart(how)
        for seconds in (0.45, 3):  # as long as it takes to notice, and much longer
            time.sleep(2)
            with redis.frozen():
                time.sleep(seconds)
        assert [outcome(one) for one in (*writers, *readers)] == [(0, "")] * 2 * len(rows)
        assert hits(Served(*found)) > READS / 20
        assert filled(Served(*found), "event_loop") > WRITES / 20
