"""A mixed load: the same few records, lists and searches that a busy hour looks at, and now and then a booking."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.client import HTTPConnection
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from cars.models import Car
from contracts.models import Contract
from customers.models import Customer
from fleet.bench import load
from fleet.bench.scenes import booking

_METRICS: Final = "bench"  # the token that opens /metrics
_STATEMENTS: Final = re.compile(r"^django_db_execute_total\{.*\} ([\d.e+]+)$", re.MULTILINE)
_WRITE_EVERY: Final = 50  # 2 %
_RECORDS: Final = 20  # of each kind


@contextmanager
def counting() -> Iterator[dict[str, str]]:
    """Yield the variables of a server whose workers count their statements together."""
    with TemporaryDirectory(prefix="fleet-bench-metrics-") as folder:
        yield {"FLEET_METRICS_TOKEN": _METRICS, "PROMETHEUS_MULTIPROC_DIR": folder}


def statements(port: int, token: str, now: datetime, connections: int, seconds: float) -> float:
    """Return the statements per request."""
    asked = _requests(token, now)
    load.hammer(port, asked, connections=connections, seconds=min(0.5, seconds))  # warm
    before = _counted(port)
    found = load.hammer(port, lambda number: asked(number + 100_000), connections=connections, seconds=seconds)
    return (_counted(port) - before) / found.requests


def _requests(token: str, now: datetime) -> Callable[[int], bytes]:
    book = booking(token, now)
    reads = [load.get(path, token) for path in _paths(now)]
    order = [reads[place] for place in Random(7).choices(range(len(reads)), k=9_973)]  # noqa: S311 - the same every time

    def request(number: int) -> bytes:
        if number % _WRITE_EVERY == 0:
            return book.request(number // _WRITE_EVERY)
        return order[number % len(order)]

    return request


def _paths(now: datetime) -> list[str]:
    """Return what is read: details as often as lists and searches together."""
    newest = Contract.objects.order_by("-start_at", "-id").values_list("pk", flat=True)[:_RECORDS]
    details = {
        "cars": Car.objects.in_service().values_list("pk", flat=True)[:_RECORDS],
        "customers": Customer.objects.values_list("pk", flat=True)[:_RECORDS],
        "contracts": newest,
    }
    lists = [f"/api/v1/{name}/?limit=25" for name in ("cars", "customers", "contracts")]
    starts = [now + timedelta(days=days) for days in (1, 7)]
    hour = "%Y-%m-%dT%H:00:00Z"
    searches = [
        f"/api/v1/cars/availability/?start={start:{hour}}&end={start + timedelta(days=3):{hour}}" for start in starts
    ]
    several = [*lists, "/api/v1/categories/", "/api/v1/branches/", *searches]
    ones = [f"/api/v1/{name}/{pk}/" for name, keys in details.items() for pk in keys]
    return [*ones, *(several * (len(ones) // len(several)))]


def _counted(port: int) -> float:
    """Return how many statements the server's workers have sent."""
    line = HTTPConnection(load.HOST, port, timeout=20)
    try:
        line.request("GET", "/metrics", headers={"Authorization": f"Bearer {_METRICS}"})
        return sum(map(float, _STATEMENTS.findall(line.getresponse().read().decode())))
    finally:
        line.close()
