"""A Valkey server of our own (it speaks the Redis protocol), on 127.0.0.1 with a password."""

import secrets
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fleet.local import process, programs
from fleet.local.account import own_folder, unprivileged
from fleet.local.process import CannotStart, Child, free_port, wait_until
from fleet.local.strangers import stop_stranger


@dataclass
class Valkey:
    """A running server and its URL."""

    url: str
    child: Child


def start(
    folder: Path, *, log: Path, keep: bool, databases: int = 16, tied: bool = True, like: Valkey | None = None
) -> Valkey:
    """Start the server; with `keep` queued work survives a stop. `like` gives it the address of an earlier one."""
    account = unprivileged(folder)
    program = programs.valkey(account)
    home = own_folder(folder, account)
    remembered = home / "running"  # pid and port of the server that uses the folder
    _stop_leftover(remembered)
    earlier = urlsplit(like.url) if like else None
    port = (earlier and earlier.port) or free_port()
    password = (earlier and earlier.password) or secrets.token_urlsafe(24)
    settings = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "dir": f'"{home}"',
        "save": '""',
        "appendonly": "yes" if keep else "no",
        "databases": str(databases),
    }
    # Settings go through standard input: on the command line everyone could read the password.
    written = "".join(f"{name} {value}\n" for name, value in settings.items()).encode()
    child = process.start("Valkey", [program, "-"], log=log, account=account, stdin=written, tied=tied)
    if not wait_until(lambda: _answers(port, password), child, patience=20):
        child.stop()
        raise CannotStart(f"Valkey did not start:\n{child.last_words()}")
    remembered.write_text(f"{child.process.pid} {port}")
    return Valkey(f"redis://:{password}@127.0.0.1:{port}", child)


def _answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\n") < 2:
                part = line.recv(256)
                if not part:
                    break
                answer += part
            return b"+PONG" in answer  # not while it still loads its file
    except OSError:
        return False


def _stop_leftover(remembered: Path) -> None:
    try:
        pid, port = remembered.read_text().split()
    except (OSError, ValueError):
        return
    stop_stranger(int(pid), f"127.0.0.1:{port}", signal.SIGTERM)
