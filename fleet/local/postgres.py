"""A PostgreSQL server of our own: data in a folder, a port on 127.0.0.1, one account with a password."""

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from fleet.local import cluster, process, programs
from fleet.local.account import Account, own_folder, unprivileged
from fleet.local.process import CannotStart, Child, free_port, wait_until
from fleet.local.strangers import stop_stranger

THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
_STATUS_LINE = 8  # of postmaster.pid: what pg_ctl itself waits for
_RETRY_SECONDS = 15  # after a kill -9 the old server's children need a moment to let go of the folder


@dataclass
class Postgres:
    """A running server and the URL of its database."""

    url: str
    child: Child


def start(
    folder: Path, *, log: Path, settings: Mapping[str, str] | None = None, tied: bool = True, port: int | None = None
) -> Postgres:
    """Create the data in `folder` when there is none, start the server and make sure its database exists."""
    account = unprivileged(folder)
    programs_folder, major = programs.postgres(account)
    home = own_folder(folder, account)
    data = home / "data"
    if not data.exists():
        cluster.create(data, programs_folder, major, account, log)
    cluster.refuse_other_version(data, major)
    _stop_leftover(data)
    port = port or free_port()
    child = serve(data, programs_folder, port, account=account, log=log, settings=settings or {}, tied=tied)
    password = (home / "password").read_text()
    url = f"postgres://fleet:{password}@127.0.0.1:{port}"
    try:
        _create_database(f"{url}/postgres")
    except psycopg.Error as error:
        child.stop()
        raise CannotStart(f"PostgreSQL started but refused us: {str(error).strip()}") from error
    return Postgres(f"{url}/fleet", child)


def serve(
    data: Path,
    programs_folder: Path,
    port: int,
    *,
    account: Account | None,
    log: Path,
    settings: Mapping[str, str],
    tied: bool,
) -> Child:
    options = {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "log_timezone": "UTC",
        "timezone": "UTC",
        "dynamic_shared_memory_type": _shared_memory(),
        **settings,
    }
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command: list[str | Path] = [programs_folder / "postgres", "-D", data, *arguments]
    deadline = time.monotonic() + _RETRY_SECONDS
    while True:
        # SIGINT is PostgreSQL's fast shutdown: it ends sessions instead of waiting for them.
        child = process.start(
            "PostgreSQL",
            command,
            log=log,
            account=account,
            env=cluster.environment(),
            stop_signal=signal.SIGINT,
            tied=tied,
        )
        if wait_until(lambda pid=child.process.pid: _ready(data, pid), child, patience=30):  # type: ignore[misc]
            return child
        child.stop()
        if time.monotonic() > deadline:
            raise CannotStart(f"PostgreSQL did not start:\n{child.last_words()}")
        time.sleep(0.5)


def _ready(data: Path, pid: int) -> bool:
    lines = _pid_file(data)
    return len(lines) >= _STATUS_LINE and lines[0] == str(pid) and lines[_STATUS_LINE - 1].strip() == "ready"


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _stop_leftover(data: Path) -> None:
    """Stop the server of a run that was killed where the kernel could not do it for us."""
    lines = _pid_file(data)
    if lines and lines[0].isdigit():
        stop_stranger(int(lines[0]), str(data), signal.SIGINT)


def _create_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'fleet'").fetchone():
            connection.execute("CREATE DATABASE fleet")


def _shared_memory() -> str:
    """Return files where /dev/shm is as small as in a container (64 MB), else the platform's default."""
    try:
        room = os.statvfs("/dev/shm")  # noqa: S108 - the kernel's own mount, only measured
    except OSError:
        return "posix"
    return "posix" if room.f_bavail * room.f_frsize > 256 * 2**20 else "mmap"
