"""A steady load whose every answer is remembered with the moment at which its request began."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException


@dataclass(frozen=True)
class Answered:
    began: float
    took: float
    status: int  # 0: no answer at all


@dataclass
class Load:
    answers: list[Answered] = field(default_factory=list)

    def since(self, moment: float) -> list[Answered]:
        return [answer for answer in self.answers if answer.began >= moment]

    def statuses(self, since: float = 0.0) -> set[int]:
        return {answer.status for answer in self.since(since)}


@contextmanager
def steady(port: int, path: str, *, clients: int = 4, per_second: int = 100) -> Iterator[Load]:
    """Ask over keep-alive connections until the block ends; a client never repeats a request."""
    load, stop = Load(), threading.Event()
    pause = clients / per_second

    def client(first: float) -> None:
        stop.wait(first)
        line = HTTPConnection("127.0.0.1", port, timeout=30)
        while not stop.is_set():
            began = time.monotonic()
            load.answers.append(Answered(began, 0.0, 0) if (status := _ask(line, path)) == 0 else _one(began, status))
            stop.wait(max(0.0, began + pause - time.monotonic()))
        line.close()

    threads = [threading.Thread(target=client, args=(number * pause / clients,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _one(began: float, status: int) -> Answered:
    return Answered(began, time.monotonic() - began, status)


def _ask(line: HTTPConnection, path: str) -> int:
    try:
        line.request("GET", path)
        answer = line.getresponse()
        answer.read()
        return answer.status
    except (OSError, HTTPException):
        line.close()
        return 0
