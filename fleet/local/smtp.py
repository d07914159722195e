"""A mail server of our own that keeps every e-mail in a folder, on 127.0.0.1: nothing leaves the machine."""

import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from fleet.local import process
from fleet.local.account import own_folder
from fleet.local.process import CannotStart, Child, free_port, wait_until
from fleet.local.strangers import stop_stranger

_HOME = Path(__file__).resolve().parent.parent.parent


@dataclass
class Smtp:
    """A server and what leads Fleet to it and to its folder."""

    variables: dict[str, str]
    child: Child
    port: int

    def wait(self) -> None:
        """Return when the server answers; it loads while others start."""
        if not wait_until(lambda: _answers(self.port), self.child, patience=30):
            self.child.stop()
            raise CannotStart(f"The mail server did not start:\n{self.child.last_words()}")


def begin(folder: Path, *, log: Path, port: int | None = None, tied: bool = True) -> Smtp:
    """Start the server without waiting for it; the mails of earlier runs stay."""
    home = own_folder(folder, None)
    remembered = home / "running"  # pid and port of the server that uses the folder
    _stop_leftover(remembered)
    port = port or free_port()
    box = home / "mail"
    command = [sys.executable, "-m", "fleet.local.smtp_server", str(port), str(box)]
    child = process.start("SMTP", command, log=log, cwd=_HOME, tied=tied)
    remembered.write_text(f"{child.process.pid} {port}")
    return Smtp({"SMTP_URL": f"smtp://127.0.0.1:{port}", "FLEET_MAILBOX": str(box)}, child, port)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            return line.recv(3) == b"220"
    except OSError:
        return False


def _stop_leftover(remembered: Path) -> None:
    try:
        pid, port = remembered.read_text().split()
    except (OSError, ValueError):
        return
    stop_stranger(int(pid), f"fleet.local.smtp_server {port}", signal.SIGTERM)
