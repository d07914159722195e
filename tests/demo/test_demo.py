"""`manage.py demo` for real: one start shared by the tests that look at it, and a stop that leaves nothing behind."""

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from fleet.local.process import free_port
from fleet.local.strangers import command_line

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Running:
    process: subprocess.Popen[str]
    port: int
    state: Path
    said: str

    def status(self, path: str, **headers: str) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as line:
            line.request("GET", path, headers=headers)
            return line.getresponse().status

    def stop(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        with self.process:  # closes the pipe
            return self.process.wait(30)

    def processes(self) -> set[int]:
        """Return every process that was started for the state folder, found by what their environments share."""
        mark = f"FLEET_BIND=127.0.0.1:{self.port}".encode()
        return {int(env.parent.name) for env in Path("/proc").glob("[0-9]*/environ") if mark in _read(env)}


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def command(port: int, state: Path) -> list[str]:
    return [sys.executable, "manage.py", "demo", "--port", str(port), "--state", str(state)]


def bare_environment() -> dict[str, str]:
    """Return what a new terminal has: nothing of Fleet's, no servers named."""
    ours = re.compile("FLEET_|DATABASE_URL|REDIS_URL|DJANGO_|PYTEST_")
    return {name: value for name, value in os.environ.items() if not ours.match(name)}


def start(port: int, state: Path) -> Running:
    with (state.parent / "progress").open("w") as progress:
        process = subprocess.Popen(
            command(port, state), cwd=ROOT, env=bare_environment(), stdout=subprocess.PIPE, stderr=progress, text=True
        )
    assert process.stdout
    said = []
    for line in process.stdout:  # ends with the last line of the summary, or when the demo has failed
        said.append(line)
        if "stop" in line:
            break
    running = Running(process, port, state, "".join(said))
    if not said:
        running.stop(signal.SIGTERM)
        pytest.fail((state.parent / "progress").read_text())
    return running


@pytest.fixture(scope="module")
def demo() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="fleet-demo-") as folder:
        Path(folder).chmod(0o711)  # root's servers run under another account and must pass through
        running = start(free_port(), Path(folder) / "state")
        yield running
        if running.process.poll() is None:  # the last tests here stop it themselves
            running.stop(signal.SIGTERM)


def test_it_is_ready_when_it_says_so(demo: Running) -> None:
    assert demo.status("/readyz") == 200
    assert demo.status("/admin/login/") == 200


def test_it_prints_a_log_in_for_every_role_and_a_key_that_works(demo: Running) -> None:
    assert "admin, manager, agent, mechanic, accountant, auditor, viewer" in demo.said
    found = re.search(r"fd_live_\w+", demo.said)
    assert found
    assert demo.status("/api/v1/auth/me/", Authorization=f"Bearer {found[0]}") == 200


def test_a_second_start_from_the_folder_is_refused_in_one_sentence(demo: Running) -> None:
    done = subprocess.run(
        command(free_port(), demo.state), cwd=ROOT, env=bare_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 4
    assert f"at http://127.0.0.1:{demo.port} (process {demo.process.pid})" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_refused_in_one_sentence(demo: Running, tmp_path: Path) -> None:
    done = subprocess.run(
        command(demo.port, tmp_path), cwd=ROOT, env=bare_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"Port {demo.port} is not free" in done.stderr


def test_secrets_are_readable_by_the_owner_only(demo: Running) -> None:
    for name in ("secret-key", "integrator-key", "env"):
        assert (demo.state / name).stat().st_mode & 0o077 == 0


def test_terminated_it_stops_all_it_started(demo: Running) -> None:
    assert len(demo.processes()) >= 5  # web and its workers, worker and beat
    assert demo.stop(signal.SIGTERM) == 0
    assert demo.processes() == set()


def test_started_again_it_has_the_same_data_and_killed_it_leaves_nobody_behind(demo: Running) -> None:
    again = start(free_port(), demo.state)
    assert re.findall(r"fd_live_\w+", again.said) == re.findall(r"fd_live_\w+", demo.said)
    again.stop(signal.SIGKILL)
    _wait_until_gone(again)


def _wait_until_gone(running: Running) -> None:
    """Wait for those whom the kernel has told that their launcher is dead."""
    deadline = time.monotonic() + 20
    while running.processes() or command_line(running.process.pid):
        assert time.monotonic() < deadline, running.processes()
        time.sleep(0.1)
