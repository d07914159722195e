"""Programs beside the test: they see its database and services, and are stopped with it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from fleet.local import process
from fleet.local.process import Child

ROOT = Path(__file__).resolve().parent.parent.parent
WORKER = ("-m", "celery", "-A", "fleet", "worker", "--concurrency", "2", "--without-gossip", "--without-mingle")


def database() -> str:
    """Return the address of the test's own database."""
    at: dict[str, Any] = connection.settings_dict
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def environment(more: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": database(), **more}


@contextmanager
def running(name: str, *arguments: str, log: Path, env: Mapping[str, str]) -> Iterator[Child]:
    child = process.start(name, [sys.executable, *arguments], log=log, env=environment(env), cwd=ROOT)
    try:
        yield child
    finally:
        child.stop(patience=3)


def talking(*arguments: str, env: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a program that reads and answers line by line."""
    command = [sys.executable, *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
