"""Who asks, for locust: staff at the counter, integrators, a program that keeps itself up to date.

Started by tests/load/run.py, which writes accounts and rows to the file that FLEET_LOAD names. It knows no Django.
"""

import json
import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from locust import FastHttpUser, between, task

GIVEN: dict[str, Any] = json.loads(Path(os.environ["FLEET_LOAD"]).read_text())
DICE = random.Random(7)  # noqa: S311 - a repeatable load, not a secret


def period(days: int) -> tuple[str, str]:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=DICE.randrange(24, 24 * 300))
    return f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{start + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


class _Program(FastHttpUser):
    abstract = True
    wait_time = between(0.2, 1.0)

    def on_start(self) -> None:
        token = DICE.choice(GIVEN["tokens"])
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}

    def read(self, path: str, name: str, **headers: str) -> Any:
        with self.client.get(path, name=name, headers=self.headers | headers, catch_response=True) as answer:
            if answer.status_code in (200, 304):
                answer.success()
            return answer


class Integrator(_Program):
    """A booking site: searches, looks, books now and then."""

    weight = 6

    @task(6)
    def search(self) -> None:
        start, end = period(3)
        self.read(f"/api/v1/cars/availability/?start={start}&end={end}", "API availability")

    @task(8)
    def look(self) -> None:
        self.read(f"/api/v1/cars/{DICE.choice(GIVEN['cars'])}/", "API car")

    @task(3)
    def contracts(self) -> None:
        self.read("/api/v1/contracts/?limit=25", "API 25 contracts")

    @task(2)
    def book(self) -> None:
        start, end = period(2)
        body = {"car": DICE.choice(GIVEN["cars"]), "start_at": start, "end_at": end}
        with self.client.post(
            "/api/v1/contracts/", json=body, name="API book", headers=self.headers, catch_response=True
        ) as answer:
            if answer.status_code in (201, 409):  # 409: somebody was faster, or the car has no papers for these days
                answer.success()


class Sync(_Program):
    """Follows the events and asks again for what it has, with the tags that it knows."""

    weight = 2

    def on_start(self) -> None:
        super().on_start()
        self.after, self.tags = "", dict[str, str]()

    @task(3)
    def follow(self) -> None:
        answer = self.read(f"/api/v1/events/?limit=50{self.after}", "API events after")
        if answer.status_code == 200 and (found := answer.json()["data"]):
            self.after = f"&after={found[-1]['id']}"

    @task(5)
    def refresh(self) -> None:
        path = f"/api/v1/cars/{DICE.choice(GIVEN['cars'][:20])}/"
        known = {"If-None-Match": self.tags[path]} if path in self.tags else {}
        answer = self.read(path, "API car, if changed", **known)
        if tag := answer.headers.get("ETag"):
            self.tags[path] = tag


class Counter(FastHttpUser):
    """A clerk: today, a car, a customer, the rentals, with seconds between two looks."""

    weight = 4
    wait_time = between(1, 3)

    def on_start(self) -> None:
        page = self.client.get("/admin/login/", name="log in").text
        mask = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        account = DICE.choice(GIVEN["clerks"])
        form = {"username": account, "password": GIVEN["password"], "csrfmiddlewaretoken": mask, "next": "/admin/"}
        self.client.post("/admin/login/", form, name="log in", headers={"Referer": f"{self.host}/admin/login/"})

    @task(4)
    def today(self) -> None:
        self.client.get("/admin/", name="admin today")

    @task(2)
    def cars(self) -> None:
        self.client.get("/admin/cars/car/", name="admin cars")

    @task(2)
    def rentals(self) -> None:
        self.client.get("/admin/contracts/contract/", name="admin rentals")

    @task(2)
    def customer(self) -> None:
        self.client.get(f"/admin/customers/customer/?q={DICE.choice(GIVEN['names'])}", name="admin find customer")
