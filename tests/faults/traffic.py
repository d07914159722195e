"""What a company asks for all day, by several clients at once; every answer is remembered."""

import itertools
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.files import samples

PICTURE = samples.picture()
_BOUNDARY = "----fleet"


@dataclass(frozen=True)
class Answered:
    kind: str
    began: float
    took: float
    status: int  # 0: no answer at all
    retry_after: str | None


@dataclass
class Traffic:
    """Clients of one port; `booked` and `invited` are what was promised to have happened."""

    port: int
    token: str
    cars: list[str]
    first: datetime
    answers: list[Answered] = field(default_factory=list)
    booked: set[str] = field(default_factory=set)
    invited: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def between(self, first: float, last: float) -> list[Answered]:
        """Return what was asked in a span of time, the end of a long wait included."""
        return [one for one in self.answers if one.began < last and one.began + one.took >= first]


class Client:
    """A keep-alive connection; a request is never repeated."""

    def __init__(self, traffic: Traffic) -> None:
        self.traffic = traffic
        self.line = HTTPConnection("127.0.0.1", traffic.port, timeout=60)

    def ask(self, kind: str, method: str, path: str, sent: Any = None, **headers: str) -> dict[str, Any]:
        """Ask and remember; return the JSON of a good answer and {} otherwise."""
        began, status, after, body = time.monotonic(), 0, None, b""
        content = sent if isinstance(sent, bytes) or sent is None else json.dumps(sent).encode()
        ours = {"Authorization": f"Bearer {self.traffic.token}", "Content-Type": "application/json", **headers}
        try:
            self.line.request(method, f"/api/v1/{path}", content, ours)
            answer = self.line.getresponse()
            status, after, body = answer.status, answer.headers["Retry-After"], answer.read()
        except (OSError, HTTPException):
            self.line.close()
        self.traffic.answers.append(Answered(kind, began, time.monotonic() - began, status, after))
        return json.loads(body) if 200 <= status < 300 and body else {}

    def read(self) -> None:
        car = random.choice(self.traffic.cars)  # noqa: S311
        start, end = (self.traffic.first + timedelta(days=days) for days in (400, 403))
        free = f"cars/availability/?start={start:%Y-%m-%dT%H:%M:%SZ}&end={end:%Y-%m-%dT%H:%M:%SZ}"
        for path in ("cars/?limit=25", f"cars/{car}/", "contracts/?limit=25", free, "auth/me/", "events/?limit=5"):
            self.ask("read", "GET", path)

    def book(self) -> None:
        """Book where nobody is, pay something, and look at it."""
        turn, place = divmod(next(self.traffic.numbers), len(self.traffic.cars))
        start = self.traffic.first + timedelta(hours=3 * turn)
        span = {"start_at": start.isoformat(), "end_at": (start + timedelta(hours=1)).isoformat()}
        contract = self.ask("book", "POST", "contracts/", {"car": self.traffic.cars[place], **span})
        if contract:
            self.traffic.booked.add(contract["id"])
            money = {"kind": "payment", "method": "cash", "amount": "10.00"}
            self.ask("pay", "POST", f"contracts/{contract['id']}/payments/", money)
            self.ask("read", "GET", f"contracts/{contract['id']}/")

    def upload(self) -> None:
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
        body = f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + PICTURE + f"\r\n--{_BOUNDARY}--\r\n".encode()
        self.ask("upload", "POST", "files/", body, **{"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"})

    def invite(self) -> None:
        number = next(self.traffic.numbers)
        person = {"username": f"person{number}", "email": f"person{number}@example.com", "roles": ["viewer"]}
        user = self.ask("invite", "POST", "users/", {**person, "first_name": "Amra", "last_name": "Kos"})
        if user and self.ask("invite", "POST", f"users/{user['id']}/invite/"):
            self.traffic.invited.add(person["email"])


@contextmanager
def flowing(traffic: Traffic, *, clients: int, pause: float) -> Iterator[None]:
    """Let clients ask until the block ends."""
    ended = threading.Event()

    def work(number: int) -> None:
        client = Client(traffic)
        steps: tuple[Callable[[], None], ...] = (client.read, client.book, client.upload, client.invite)
        for step in itertools.islice(itertools.cycle(steps), number, None):
            if ended.wait(random.uniform(0.5, 1.5) * pause):  # noqa: S311
                break
            step()
        client.line.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def told(answers: list[Answered]) -> str:
    """Return counts by status and how long they took, for people."""
    times = sorted(one.took for one in answers) or [0.0]
    statuses = dict(sorted(Counter(one.status for one in answers).items()))
    p50, p99 = (times[min(len(times) - 1, int(len(times) * share))] * 1000 for share in (0.5, 0.99))
    return f"{len(answers)} requests {statuses}, p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {times[-1] * 1000:.0f} ms"
