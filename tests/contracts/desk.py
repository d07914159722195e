"""The admin as the counter uses it: a clock that stands still, pages, forms filled as a browser sends them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client
from django.urls import reverse

from accounts.models import User
from contracts.models import Contract
from tests.factories.accounts import UserFactory
from tests.factories.contracts import END, START

SARAJEVO = ZoneInfo("Europe/Sarajevo")


def client_in(role: str) -> tuple[Client, User]:
    user = UserFactory(role=role)
    client = Client()
    client.force_login(user)
    return client, user


def page(model: str, what: str = "changelist", pk: Any = None) -> str:
    return reverse(f"admin:contracts_{model}_{what}", args=[pk] if pk else [])


def step(contract: Contract, name: str) -> str:
    return page("contract", name, contract.pk)


def at(name: str, moment: datetime) -> dict[str, str]:
    """Return a date and a time as the two inputs send them."""
    local = moment.astimezone(SARAJEVO)
    return {f"{name}_0": f"{local:%d.%m.%Y}", f"{name}_1": f"{local:%H:%M}"}


def booking(car: Any, customer: Any = None, **more: Any) -> dict[str, Any]:
    who = {"customer": str(customer.pk)} if customer else {}
    return {"car": str(car.pk), **who, **at("start_at", START), **at("end_at", END), "channel": "counter", **more}


def looked(prefix: str, km: int, *, fuel: int = 8, **more: Any) -> dict[str, Any]:
    formset = {f"{prefix}-damages-TOTAL_FORMS": "3", f"{prefix}-damages-INITIAL_FORMS": "0"}
    read = {"odometer_km": km, "fuel_eighths": fuel, "is_clean": "on", **more}
    return {**formset, **{f"{prefix}-{name}": value for name, value in read.items()}}


def text(response: Any) -> str:
    content: bytes = response.content
    return content.decode()
