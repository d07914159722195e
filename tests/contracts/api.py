"""The counter at its API: clients that live at a moment of the test's choosing."""

from datetime import datetime, timedelta
from typing import Any

import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from contracts.models import Contract
from tests.factories.accounts import UserFactory, client_of
from tests.factories.contracts import END, NOW, START

CONTRACTS = "/api/v1/contracts/"
FULL = {"odometer_km": 1_000, "fuel_eighths": 8}
BACK = {"odometer_km": 1_300, "fuel_eighths": 8}
NOBODY = "01939b3a-7c00-7000-8000-000000000000"


class Desk:
    """Somebody of the house (or an integrator) who calls the API at a moment."""

    def __init__(self, role: str = "manager", *, at: datetime = NOW, user: User | None = None) -> None:
        self.user = user or UserFactory(role=role)
        self.at = at

    def call(self, method: str, path: Any, body: Any = None, **headers: Any) -> Any:
        """Send a request; the clock stands still meanwhile and is a second further for the next one."""
        with time_machine.travel(self.at, tick=False):
            client: APIClient = client_of(self.user)  # an access token lives 15 minutes, a rental days
            options = {} if method == "get" else {"format": "json"}
            response = getattr(client, method)(_address(path), body, **options, **headers)
        self.at += timedelta(seconds=1)
        return response

    def get(self, path: Any, query: Any = None) -> Any:
        return self.call("get", path, query)

    def post(self, path: Any, body: Any = None, **headers: Any) -> Any:
        return self.call("post", path, body if body is not None else {}, **headers)

    def patch(self, path: Any, body: Any) -> Any:
        return self.call("patch", path, body, HTTP_IF_MATCH="*")

    def step(self, contract: Contract, name: str, **body: Any) -> Any:
        return self.post(f"{contract.pk}/{name}/", body)


def _address(path: Any) -> str:
    if isinstance(path, Contract):
        path = f"{path.pk}/"
    return path if str(path).startswith("/") else f"{CONTRACTS}{path}"


def booking(car: Any, **fields: Any) -> dict[str, Any]:
    """Return the body of a booking for tomorrow, three days long."""
    return {"car": str(car.pk), "start_at": START.isoformat(), "end_at": END.isoformat(), **fields}


def codes(response: Any) -> set[str]:
    """Return the codes of the gate's refusals."""
    return {refusal["code"] for refusal in response.json().get("refusals", [])}


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]
