"""Servers that a test takes away and gives back: stopped (connections are refused) or frozen (they say nothing)."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from fleet.local import module, s3, smtp, valkey
from fleet.local.process import Child


class Server(Protocol):
    child: Child


class Service:
    """One server with the address that it keeps."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def again(self) -> Server:
        raise NotImplementedError

    def take_away(self, how: str) -> None:
        if how == "frozen":
            self.server.child.process.send_signal(signal.SIGSTOP)
        else:
            self.server.child.stop()

    def give_back(self) -> None:
        if self.server.child.alive:
            self.server.child.process.send_signal(signal.SIGCONT)
        else:
            self.server = self.again()


class Redis(Service):
    server: valkey.Valkey

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(valkey.start(folder / "valkey", log=folder / "valkey.log", keep=True))

    def again(self) -> valkey.Valkey:
        return valkey.start(self.folder / "valkey", log=self.folder / "valkey.log", keep=True, like=self.server)


class Bucket(Service):
    server: module.Server

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(s3.begin(folder / "s3", log=folder / "s3.log", keep=True))

    def again(self) -> module.Server:
        following = s3.begin(self.folder / "s3", log=self.folder / "s3.log", keep=True, like=self.server)
        following.wait()
        return following


class Mail(Service):
    server: module.Server

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(smtp.begin(folder / "smtp", log=folder / "smtp.log"))

    def again(self) -> module.Server:
        following = smtp.begin(self.folder / "smtp", log=self.folder / "smtp.log", port=self.server.port)
        following.wait()
        return following


@contextmanager
def running(folder: Path) -> Iterator[dict[str, Service]]:
    """Yield a Redis, an S3 and a mail server of one's own, by name."""
    with ExitStack() as stack:
        found: dict[str, Service] = {}
        for name, service in (("s3", Bucket), ("smtp", Mail), ("redis", Redis)):
            found[name] = started = service(folder)
            stack.callback(lambda one=started: one.server.child.stop())
        for slow in ("s3", "smtp"):
            found[slow].server.wait()  # type: ignore[attr-defined]
        yield found
