"""Reloads and stops that no client notices; tasks that are finished or given back."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from fleet.bench.server import serving
from fleet.local.process import Child, start
from tests.door import tasks
from tests.door.conftest import Served, settings_of
from tests.door.load import steady
from tests.waiting import until

RELOADS = int(os.environ.get("RELOADS", "3"))  # RELOADS=20 for the whole measurement
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def leaving() -> Iterator[Served]:
    with (
        settings_of("tests.door.settings"),
        serving(
            "fleet.asgi", workers=2, threads=2, probe="/livez", FLEET_DRAIN_SECONDS="2", FLEET_LOG_LEVEL="INFO"
        ) as found,
    ):
        yield Served(*found)


def test_a_reload_costs_no_request(leaving: Served) -> None:
    log = leaving.child.log
    with steady(leaving.port, "/slow/?s=0.01") as load:
        for reload in range(1, RELOADS + 1):
            leaving.child.process.send_signal(signal.SIGHUP)
            until(lambda n=reload: log.read_text().count("Worker exiting") >= 2 * n)  # type: ignore[misc]
        until(lambda: len(load.answers) > 100 * RELOADS)  # a busy machine takes longer over as many
    assert load.statuses() == {200}
    assert len(load.answers) > 100 * RELOADS


def test_a_stop_says_so_first_answers_what_it_has_and_ends_well(leaving: Served) -> None:
    answered: list[int] = []
    slow = threading.Thread(target=lambda: answered.append(leaving.get("/slow/?s=4")[0].status))
    slow.start()
    time.sleep(0.3)
    leaving.child.ask_to_stop()
    until(lambda: leaving.get("/readyz")[0].status == 503, 1.5)
    assert leaving.get("/livez")[0].headers["Connection"] == "close"
    assert leaving.get("/echo/")[0].status == 200
    assert leaving.child.process.wait(15) == 0
    slow.join()
    assert answered == [200]
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection("127.0.0.1", leaving.port).connect()


def worker(folder: Path, *, grace: int) -> Child:
    command = [sys.executable, "-m", "celery", "-A", "tests.door.tasks", "worker", "--concurrency", "1", "-Q", "naps"]
    quiet = [
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
        "--hostname",
        f"nap{time.monotonic_ns()}@%h",
    ]
    env = {**os.environ, "FLEET_TASK_GRACE": str(grace)}
    return start("worker", [*command, *quiet], log=folder / "worker.log", env=env, cwd=ROOT)


def marks(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


def test_a_task_in_hand_is_finished_before_the_worker_goes(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    leaver = worker(tmp_path, grace=20)
    tasks.nap.apply_async((2, str(mark)), queue="naps")
    until(lambda: marks(mark) == ["began"])
    leaver.ask_to_stop()
    assert leaver.process.wait(15) == 0
    assert marks(mark) == ["began", "done"]


def test_a_task_that_takes_too_long_is_given_back_and_done_by_the_next_worker(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    leaver = worker(tmp_path, grace=1)
    tasks.nap.apply_async((8, str(mark)), queue="naps")
    until(lambda: marks(mark) == ["began"])
    leaver.ask_to_stop()
    leaver.process.wait(15)
    successor = worker(tmp_path, grace=20)
    until(lambda: marks(mark) == ["began", "began", "done"])
    successor.stop()
