"""Child processes that end with us, even when we are killed."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fleet.local.account import Account

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class CannotStart(Exception):
    """One sentence for the person at the terminal."""


@dataclass
class Child:
    """A running program and what is needed to stop it politely and to quote its last words."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    asked: bool = field(default=False, init=False)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.alive and not self.asked:
            self.asked = True
            self.process.send_signal(self.stop_signal)

    def stop(self, patience: float = 10) -> None:
        """Ask, wait, and in the end kill the whole session of the child."""
        self.ask_to_stop()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            _kill_session(self.process.pid)
            self.process.wait()

    def last_words(self, lines: int = 12) -> str:
        with self.log.open(errors="replace") as log:
            return "".join(deque(log, lines)).rstrip()


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    stdin: bytes = b"",
    cwd: Path = Path("/"),
    tied: bool = True,
) -> Child:
    """Start a program in its own session (a Ctrl-C reaches only us) with its output appended to the log."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_tie(os.getpid(), stop_signal) if tied and _libc else None,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    if process.stdin:
        process.stdin.write(stdin)
        process.stdin.close()
    return Child(name, process, log, stop_signal)


def stop_all(children: Iterable[Child], patience: float = 10) -> None:
    """Ask all at once, then wait for each."""
    children = list(children)
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop(patience)


def wait_until(ready: Callable[[], bool], child: Child, patience: float) -> bool:
    """Poll until ready; False when the child died or time ran out."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if ready():
            return True
        if not child.alive:
            return False
        time.sleep(0.02)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _tie(parent: int, last_signal: signal.Signals) -> Callable[[], None]:
    """Let the kernel send `last_signal` to the child when we die, by whatever cause (Linux only)."""

    def in_child() -> None:
        if _libc:
            _libc.prctl(_PR_SET_PDEATHSIG, int(last_signal))
        if os.getppid() != parent:  # we died between fork and here
            os._exit(1)

    return in_child


def _kill_session(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
