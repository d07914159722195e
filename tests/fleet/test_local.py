"""The launchers of local services: data survives, nothing is left behind, and every refusal is one sentence."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from fleet.local import postgres, services
from fleet.local.process import CannotStart
from fleet.local.state import AlreadyRunning, State
from fleet.local.strangers import stop_stranger

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fleet-local-") as made:
        Path(made).chmod(0o711)  # root's servers run under another account and must pass through
        yield Path(made)


def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    named = ("DATABASE_URL", "REDIS_URL", "FLEET_S3_ENDPOINT", "SMTP_URL")
    bare = {name: value for name, value in os.environ.items() if name not in named}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=bare, capture_output=True, text=True, check=False
    )


def test_a_killed_database_starts_again_with_its_data(folder: Path) -> None:
    first = postgres.start(folder / "pg", log=folder / "log")
    with psycopg.connect(first.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    first.child.process.send_signal(signal.SIGKILL)
    first.child.process.wait()
    again = postgres.start(folder / "pg", log=folder / "log")
    with psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    again.child.stop()


def test_case_of_letters_is_right_beyond_ascii_on_every_machine(folder: Path) -> None:
    server = postgres.start(folder / "pg", log=folder / "log", settings=postgres.THROWAWAY)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT upper('šofer đak')").fetchone() == ("ŠOFER ĐAK",)
    server.child.stop()


def test_data_of_another_postgresql_is_refused_in_words(folder: Path) -> None:
    postgres.start(folder / "pg", log=folder / "log", settings=postgres.THROWAWAY).child.stop()
    (folder / "pg/data/PG_VERSION").write_text("14\n")
    with pytest.raises(CannotStart, match="was written by PostgreSQL 14"):
        postgres.start(folder / "pg", log=folder / "log")


def test_services_that_the_environment_names_are_not_started(folder: Path) -> None:
    named = {
        "DATABASE_URL": "postgres://a@db/x",
        "REDIS_URL": "redis://cache",
        "FLEET_S3_ENDPOINT": "http://s3",
        "SMTP_URL": "smtp://mail",
    }
    started = services.start(folder, named)
    assert (started.children, started.variables) == ([], named)


def test_one_folder_is_held_once(folder: Path) -> None:
    expected = pytest.raises(AlreadyRunning, match=f"at http://127.0.0.1:8000 .process {os.getpid()}")
    with State(folder).locked(url="http://127.0.0.1:8000"), expected, State(folder).locked():
        pytest.fail("held twice")
    with State(folder).locked():
        pass


def test_up_runs_once_and_down_stops_what_it_has_started(folder: Path) -> None:
    assert manage("up", "--state", str(folder)).returncode == 0
    assert (folder / "env").stat().st_mode & 0o077 == 0
    refused = manage("up", "--state", str(folder))
    assert (refused.returncode, refused.stderr.count("\n")) == (4, 1)
    assert "Stopped S3 and SMTP and PostgreSQL and Valkey" in manage("down", "--state", str(folder)).stderr
    assert "Nothing was running" in manage("down", "--state", str(folder)).stderr
    assert not (folder / "env").exists()


def test_a_command_beside_throwaway_services_gives_its_exit_code_and_they_are_gone() -> None:
    command = [sys.executable, "-m", "fleet.local.run", "--", "sh", "-c", 'echo "$FLEET_THROWAWAY"; exit 7']
    done = subprocess.run(
        command, cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 7
    assert "fleet-throwaway" in done.stdout
    assert not Path(done.stdout.strip()).exists()


def test_a_process_that_only_has_the_pid_of_ours_is_left_alone() -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        try:
            stop_stranger(stranger.pid, "/somewhere/postgres/data", signal.SIGKILL)
            assert stranger.poll() is None
        finally:
            stranger.kill()
