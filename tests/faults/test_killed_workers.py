"""Workers are killed while letters go out: every letter arrives, and what arrives twice can be told by its Message-ID.

CI kills a few. The whole thing: `KILLS=200 LETTERS=2000 .venv/bin/pytest -s tests/faults/test_killed_workers.py`.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Sum

from fleet.local.process import free_port
from notifications import mail
from notifications.letters import message_id
from notifications.models import Email
from notifications.samples import SAMPLES
from tests.faults.programs import ROOT, environment
from tests.notifications import sink as sinks
from tests.notifications.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)
KILLS, LETTERS = int(os.environ.get("KILLS", "4")), int(os.environ.get("LETTERS", "60"))
SLOW = 0.03  # seconds at most, before the server has a letter and again before it says so
CELERY = ["-m", "celery", "-A", "fleet", "worker", "-Q", "mail,default", "--concurrency", "2", "--without-gossip"]


class SlowSink(Sink):
    """Takes its time on both sides of the moment at which a letter counts as accepted."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        await asyncio.sleep(random.uniform(0, SLOW))  # noqa: S311
        self.silent_for = random.uniform(0, SLOW)  # noqa: S311
        return await super().handle_DATA(server, session, envelope)


@dataclass
class Worker:
    """A Celery worker with its children: killed all at once, as when the machine loses power."""

    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *CELERY],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinks.running(sink=SlowSink(free_port())) as started:
        yield started


@pytest.fixture
def worker(sink: Sink, tmp_path: Path) -> Iterator[Worker]:
    ours = {"SMTP_URL": f"smtp://127.0.0.1:{sink.port}", "FLEET_MAIL_LEASE_SECONDS": "2"}
    started = Worker(environment(ours), tmp_path / "worker.log")
    yield started
    started.kill()


def queue(numbers: range) -> None:
    for number in numbers:
        to = f"customer{number}@example.com"
        with transaction.atomic():
            mail.queue("overdue", to=to, language="bs", context=SAMPLES["overdue"], key=f"letter:{number}")


def wait_for(sink: Sink, count: int, *, patience: float = 30) -> None:
    """Return when so many have arrived; wake workers meanwhile, as the beat does for what nobody woke."""
    deadline, knocked = time.monotonic() + patience, 0.0
    while len(sink.received) < count and time.monotonic() < deadline:
        if time.monotonic() - knocked > 1:
            knocked = time.monotonic()
            with transaction.atomic():
                mail.wake()
        time.sleep(0.002)


def test_every_letter_arrives_however_often_the_worker_is_killed(sink: Sink, worker: Worker) -> None:
    each, began = LETTERS // KILLS, time.monotonic()
    for kill in range(KILLS):
        queue(range(kill * each, (kill + 1) * each))
        worker.start()
        wait_for(sink, len(sink.received) + random.randint(1, max(1, each - 1)))  # noqa: S311
        time.sleep(random.uniform(0, 2 * SLOW))  # noqa: S311
        worker.kill()
    worker.start()
    deadline = time.monotonic() + 60 + LETTERS * 2 * SLOW
    while Email.objects.waiting().exists() and time.monotonic() < deadline:
        wait_for(sink, len(sink.received) + 1, patience=2)

    arrived = Counter(str(one["Message-ID"]) for one in sink.received)
    rows = {message_id(row): row for row in Email.objects.all()}
    again = {mark: count - 1 for mark, count in arrived.items() if count > 1}
    perhaps = Email.objects.aggregate(total=Sum("repeats"))["total"]
    print(  # noqa: T201
        f"\n{len(rows)} letters, {KILLS} kills, {time.monotonic() - began:.0f} s: {len(arrived)} arrived, "
        f"{sum(again.values())} copies of {len(again)} letters, {perhaps} counted as perhaps sent twice"
    )
    assert set(arrived) == set(rows)
    assert set(Email.objects.values_list("status", flat=True)) == {"sent"}
    assert all(count <= rows[mark].repeats for mark, count in again.items())
    assert perhaps <= 2 * KILLS  # at most the one letter that each of its two children had in hand
    assert not Email.objects.filter(repeats__gte=F("attempts")).exists()
