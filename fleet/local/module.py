"""A server of our own that is a Python module: begun without waiting; what a killed run left behind is cleared away."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fleet.local import process
from fleet.local.process import CannotStart, Child, wait_until
from fleet.local.strangers import stop_stranger

_ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Server:
    """A running server and the variables that lead Fleet to it."""

    variables: dict[str, str]
    child: Child
    port: int
    ready: Callable[[socket.socket], bool]  # asks a fresh connection

    def wait(self) -> None:
        """Return when the server answers; it loads while others start. Raises CannotStart."""
        if not wait_until(self._answers, self.child, patience=30):
            self.child.stop()
            raise CannotStart(f"The {self.child.name} server did not start:\n{self.child.last_words()}")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                return self.ready(line)
        except OSError:
            return False


def begin(
    name: str, module: str, port: int, *arguments: str, home: Path, log: Path, env: Mapping[str, str], tied: bool
) -> Child:
    """Start `python -m module port …` over a folder that no other start of it uses any more."""
    remembered = home / "running"  # pid and port of the server that uses the folder
    _stop_leftover(remembered, module)
    command = [sys.executable, "-m", module, str(port), *arguments]
    child = process.start(name, command, log=log, env={**os.environ, **env}, cwd=_ROOT, tied=tied)
    remembered.write_text(f"{child.process.pid} {port}")
    return child


def _stop_leftover(remembered: Path, module: str) -> None:
    try:
        pid, port = remembered.read_text().split()
    except (OSError, ValueError):
        return
    stop_stranger(int(pid), f"{module} {port}", signal.SIGTERM)
