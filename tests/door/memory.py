"""A Redis of our own that may be restarted or fall silent, and processes that use it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from fleet.local import valkey

ROOT = Path(__file__).resolve().parent.parent.parent


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
