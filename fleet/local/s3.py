"""An S3 server of our own for private files, on 127.0.0.1, opened by a key that is made anew at each start."""

import os
import secrets
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
class S3:
    """A server and what leads Fleet to it."""

    variables: dict[str, str]
    child: Child
    port: int

    def wait(self) -> None:
        """Return when the server answers; it loads while others start."""
        if not wait_until(lambda: _answers(self.port), self.child, patience=30):
            self.child.stop()
            raise CannotStart(f"The S3 server did not start:\n{self.child.last_words()}")


def begin(folder: Path, *, log: Path, keep: bool, tied: bool = True, like: S3 | None = None) -> S3:
    """Start the server without waiting for it; with `keep` its files survive a stop.

    `like` gives it the address and the key of an earlier one.
    """
    home = own_folder(folder, None)
    remembered = home / "running"  # pid and port of the server that uses the folder
    _stop_leftover(remembered)
    port = like.port if like else free_port()
    # The secret goes through the environment: on the command line everyone could read it.
    account = {
        "AWS_ACCESS_KEY_ID": f"FLEET{secrets.token_hex(8).upper()}",
        "AWS_SECRET_ACCESS_KEY": secrets.token_hex(24),
    }
    if like:
        account = {name: like.variables[name] for name in account}
    command = [sys.executable, "-m", "fleet.local.s3_server", str(port), *([str(home)] if keep else [])]
    child = process.start("S3", command, log=log, env={**os.environ, **account}, cwd=_HOME, tied=tied)
    remembered.write_text(f"{child.process.pid} {port}")
    return S3({"FLEET_S3_ENDPOINT": f"http://127.0.0.1:{port}", "FLEET_S3_BUCKET": "fleet", **account}, child, port)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _stop_leftover(remembered: Path) -> None:
    try:
        pid, port = remembered.read_text().split()
    except (OSError, ValueError):
        return
    stop_stranger(int(pid), f"fleet.local.s3_server {port}", signal.SIGTERM)
