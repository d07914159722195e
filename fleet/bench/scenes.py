"""What is measured: the hot endpoints, and the work of one request counted without a server."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from cars.models import Car
from contracts.models import Contract
from customers.models import Customer
from fleet.bench import hours, load


@dataclass(frozen=True)
class Scene:
    """A hot request; `request(n)` gives the bytes of the n-th one."""

    name: str
    request: Callable[[int], bytes]
    path: str = ""  # of a GET, for counting statements
    coding: str = ""  # that is accepted
    body: Callable[[int], dict[str, Any]] | None = None  # of a POST
    wanted: int = 200  # only these answers count as its rate
    expected: tuple[int, ...] = (200,)


def scenes(token: str, now: datetime) -> list[Scene]:
    """Return the hot endpoints over the rows that are there."""
    car, customer = Car.objects.in_service().first(), Customer.objects.first()
    contract = Contract.objects.order_by("-start_at").first()
    if car is None or customer is None or contract is None:
        raise LookupError("There is nothing to measure: seed the database first.")
    start = (now + timedelta(days=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    end = (now + timedelta(days=12)).strftime("%Y-%m-%dT%H:%M:%SZ")
    paths = {
        "car by id": f"/api/v1/cars/{car.pk}/",
        "customer by id": f"/api/v1/customers/{customer.pk}/",
        "contract by id": f"/api/v1/contracts/{contract.pk}/",
        "25 cars": "/api/v1/cars/?limit=25",
        "25 contracts": "/api/v1/contracts/?limit=25",
        "availability": f"/api/v1/cars/availability/?start={start}&end={end}",
    }
    reading = [_reading(name, path, token) for name, path in paths.items()]
    # A list of a hundred kilobytes, as whoever can unpack it asks for it.
    return [*reading, _reading("availability, br", paths["availability"], token, "br"), booking(token, now)]


def _reading(name: str, path: str, token: str, coding: str = "") -> Scene:
    sent = load.get(path, token, coding=coding)
    return Scene(name, lambda _: sent, path, coding)


def booking(token: str, now: datetime) -> Scene:
    """Book cars that are free, each request another hour."""
    hours_left = hours.free(now)

    def body(_: int) -> dict[str, Any]:
        return hours.body(*next(hours_left))

    def request(number: int) -> bytes:
        return load.post("/api/v1/contracts/", json.dumps(body(number)).encode(), token)

    return Scene("book", request, body=body, wanted=201, expected=(201,))


def statements(scene: Scene, token: str) -> int:
    """Return the database statements of one such request, answered in this process by a warm client."""
    client = Client(headers={"Authorization": f"Bearer {token}"})

    def once(number: int) -> None:
        if scene.body is None:
            client.get(scene.path)
        else:
            client.post("/api/v1/contracts/", scene.body(number), content_type="application/json")

    # The load has used the account's rate up; a refusal would count one statement.
    with override_settings(FLEET_RATES=settings.FLEET_RATES | {"user": "1000000000/1m"}):
        once(-1)
        with CaptureQueriesContext(connection) as captured:
            once(-2)
    return len(captured)
