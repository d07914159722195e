"""Processes that an earlier, killed run has left behind: known by pid, stopped only when they are still ours."""

import os
import signal
import subprocess
import time
from pathlib import Path


def command_line(pid: int) -> str:
    """Return the command line of a process, empty when there is none: a pid alone may have been reused."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


def stop_stranger(pid: int, mark: str, stop_signal: signal.Signals, patience: float = 10) -> None:
    """Stop a process that an earlier, killed run left behind, if its command line still carries our mark."""
    deadline = time.monotonic() + patience
    if mark not in command_line(pid):
        return
    os.kill(pid, stop_signal)
    while mark in command_line(pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.05)
