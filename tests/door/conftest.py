"""A real gunicorn with the door, and raw sockets to it."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from fleet.bench.server import serving
from fleet.local.process import Child
from tests.door.memory import Redis

THREADS = 2


@dataclass(frozen=True)
class Served:
    port: int
    child: Child

    def get(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as line:
            line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = line.getresponse()
            return answer, answer.read()

    def raw(self, sent: bytes) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        line.sendall(sent)
        return line


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with settings_of("tests.door.settings"), serving("fleet.asgi", workers=1, threads=THREADS, probe="/livez") as found:
        yield Served(*found)


class settings_of:  # noqa: N801 - reads like a function
    def __init__(self, module: str) -> None:
        self.module = module

    def __enter__(self) -> None:
        self.before = os.environ.get("DJANGO_SETTINGS_MODULE", "")
        os.environ["DJANGO_SETTINGS_MODULE"] = self.module

    def __exit__(self, *rest: Any) -> None:
        os.environ["DJANGO_SETTINGS_MODULE"] = self.before


@pytest.fixture
def redis() -> Iterator[Redis]:
    with tempfile.TemporaryDirectory(prefix="fleet-stale-") as folder:
        Path(folder).chmod(0o711)
        found = Redis(Path(folder))
        yield found
        found.server.child.stop()
