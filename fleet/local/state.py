"""The state folder: data, secrets, logs and a lock, so that one folder runs one Fleet."""

import fcntl
import json
import os
import secrets
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fleet.local.process import CannotStart

OF_A_STATE = "FLEET_STATE"  # in the environment of those who have read a folder's `env` file

_SERVICES = ("DATABASE_URL", "REDIS_URL", "FLEET_S3_ENDPOINT", "SMTP_URL")


def named_services(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the services that the person has named; what a terminal still knows of a state folder is no choice."""
    if OF_A_STATE in environment:
        return {}
    return {name: environment[name] for name in _SERVICES if environment.get(name)}


class AlreadyRunning(CannotStart):
    """Another process holds the folder."""


class State:
    """A folder that survives restarts; deleting it begins anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().resolve()
        self.logs = self.folder / "logs"
        self.env_file = self.folder / "env"
        self.planting = self.folder / "planting"  # there while the company is not complete

    @contextmanager
    def locked(self, **about: str) -> Iterator[None]:
        """Hold the folder for the block; the kernel lets go of the lock when we die."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise AlreadyRunning(self._occupied(lock.read())) from None
            lock.truncate(0)
            lock.write(json.dumps({"pid": os.getpid(), **about}))
            lock.flush()
            yield

    def secret(self, name: str) -> str:
        """Return the secret of that name, made on first use and readable only to the owner."""
        file = self.folder / name
        if not file.exists():
            write_private(file, secrets.token_urlsafe(48))
        return file.read_text()

    def demo_variables(self) -> dict[str, str]:
        """Return what makes a process part of this folder's company, besides the services."""
        return {"FLEET_ENVIRONMENT": "demo", "FLEET_SECRET_KEY": self.secret("secret-key")}

    def write_env(self, variables: Mapping[str, str]) -> None:
        """Write what `. env` needs so that other commands reach the same services."""
        variables = {**variables, OF_A_STATE: str(self.folder)}
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(variables.items())]
        write_private(self.env_file, "".join(lines))

    def turn_logs(self) -> None:
        """Begin new logs and keep the last run's."""
        for log in self.logs.glob("*.log"):
            log.replace(log.with_suffix(".log.1"))

    def _occupied(self, content: str) -> str:
        try:
            holder = json.loads(content)
        except ValueError:  # it is starting this very moment
            holder = {}
        where = f" at {holder['url']}" if holder.get("url") else ""
        return (
            f"Fleet is already running from {self.folder}{where} (process {holder.get('pid', 'unknown')}): "
            "stop that one first or choose another folder with STATE=/some/folder."
        )


def write_private(file: Path, content: str) -> None:
    """Replace the file in one step; only its owner can read it."""
    new = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
        target.write(content)
    new.replace(file)
