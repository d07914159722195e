"""Ten thousand bookings by 32 clients on 20 cars, over HTTP, against a running demo.

    .venv/bin/python tests/load/booking_storm.py --url http://127.0.0.1:8000 [--attempts 10000]

Prints what the clients were answered and exits 1 on any answer but 201 and 409, a 409 without reasons, or an overlap
among the bookings that were accepted, compared pair by pair.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from threading import local
from typing import Any
from urllib.parse import urlsplit

CLIENTS, CARS = 32, 20
PASSWORD = "demo-fleet-2026"
_mine = local()


def call(netloc: str, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
    """Send one request over this thread's own connection; return status and JSON."""
    if not hasattr(_mine, "connection"):
        _mine.connection = HTTPConnection(netloc, timeout=60)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        _mine.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = _mine.connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    except OSError:
        del _mine.connection
        raise


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--url", default="http://127.0.0.1:8000")
    options.add_argument("--attempts", type=int, default=10_000)
    given = options.parse_args()
    netloc = urlsplit(given.url).netloc
    _, tokens = call(netloc, "POST", "/api/v1/auth/token/", {"username": "manager", "password": PASSWORD})
    token = tokens["access"]
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=60)
    window = f"start={begin:%Y-%m-%dT%H:%M:%SZ}&end={begin + timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"
    _, found = call(netloc, "GET", f"/api/v1/cars/availability/?{window}", token=token)
    cars = [offer["car"]["id"] for offer in found["free"]][:CARS]
    dice = random.Random(7)  # noqa: S311 - a repeatable storm, not a secret
    wanted = [
        (dice.choice(cars), begin + timedelta(hours=dice.randrange(24 * 29)), dice.randrange(2, 24))
        for _ in range(given.attempts)
    ]

    def attempt(task: tuple[str, datetime, int]) -> tuple[int, Any]:
        car, start, hours = task
        end = start + timedelta(hours=hours)
        body = {"car": car, "start_at": start.isoformat(), "end_at": end.isoformat()}
        return call(netloc, "POST", "/api/v1/contracts/", body, token)

    began = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(attempt, wanted))
    took = time.monotonic() - began
    return judge(answers, took)


def judge(answers: list[tuple[int, Any]], took: float) -> int:
    """Say what happened; return the exit code."""
    statuses = Counter(status for status, _ in answers)
    taken = defaultdict(list)
    for status, body in answers:
        if status == 201:
            start, end = datetime.fromisoformat(body["start_at"]), datetime.fromisoformat(body["end_at"])
            taken[str(body["car"])].append((start, end + timedelta(minutes=60)))
    clashes = sum(
        one[0] < other[1] and other[0] < one[1]
        for periods in taken.values()
        for place, one in enumerate(periods)
        for other in periods[place + 1 :]
    )
    silent = sum(status == 409 and not body.get("refusals") for status, body in answers)
    unexpected = {status: count for status, count in statuses.items() if status not in (201, 409)}
    sys.stdout.write(
        f"{len(answers)} attempts in {took:.1f} s ({len(answers) / took:.0f}/s): {dict(statuses)}; "
        f"{clashes} overlaps, {silent} refusals without a reason\n"
    )
    return int(bool(clashes or silent or unexpected))


if __name__ == "__main__":
    sys.exit(main())
