"""What is read without models says what the serializers would: to every role, field by field, in the same order."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db.models import Prefetch

from accounts.models import User
from accounts.roles import ROLES
from cars.api.serializers.car import CarSerializer
from cars.models import Car
from contracts.api.serializers import ContractRow, ContractSerializer
from contracts.models import Contract, Handover
from customers.api.serializers import CustomerSerializer
from customers.models import Customer
from fleet.api.renderers import FleetJSONRenderer
from tests.contracts.api import FULL, Desk
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory, client_of
from tests.factories.cars import CarFactory
from tests.factories.contracts import BACK_AT, END, START

pytestmark = pytest.mark.django_db
AT = END + timedelta(hours=1)  # one is overdue
HANDOVERS = Prefetch("assignments__handovers", Handover.objects.order_by("-kind"))


def rows_of(path: str, user: User) -> tuple[Any, Any, Any]:
    """Return what the serializers would show, in the list's order, and both of them."""
    if path == "cars":
        return Car.objects.with_rate(), CarSerializer, CarSerializer
    if path == "customers":
        return Customer.objects.visible_to(user), CustomerSerializer, CustomerSerializer
    whole = Contract.objects.visible_to(user).with_money().prefetch_related(HANDOVERS)
    return whole, ContractRow, ContractSerializer


def as_json(serializer: Any, row: Any, user: User) -> str:
    shown = serializer(row, context={"request": SimpleNamespace(user=user, auth=None)}).data
    return FleetJSONRenderer().render(shown).decode()


@pytest.fixture
def everything() -> None:
    """Make contracts of many sorts, one of them with all that can belong to one, and rows with odd texts."""
    by = given.manager()
    given.booked(by=by, customer=None)
    given.confirmed(by=by)
    given.active(by=by)
    whole = given.active(by=by, notes='<b>\u2028 "Šćž" \\ / \x07')
    desk = Desk(user=by, at=START + timedelta(hours=1, microseconds=120))
    assert desk.step(whole, "swap", car=str(given.rentable_car().pk), back=FULL, out=FULL).status_code == 200
    desk.at = BACK_AT + timedelta(hours=5)
    back = desk.step(whole, "check-in", odometer_km=9_000, fuel_eighths=1, remarks="Dirty.")
    assert back.status_code == 200, back.json()
    given.payments.record(whole.pk, kind="payment", method="cash", amount=whole.total, by=by, now=desk.at)
    whole.drivers.add(given.driver(name="Željka Ćosić"), given.driver(created_by=by, birth_date=None, notes="Late."))
    override = {"by": str(by.pk), "code": "notice", "at": "2026-11-25T09:00:00+00:00", "reason": "He is known to us."}
    Contract.objects.filter(pk=whole.pk).update(overrides=[override])
    CarFactory(vin=None, engine_power_hp=None, daily_rate="0.10", location_note="by the \u2029 gate")


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("path", ["cars", "customers", "contracts"])
def test_every_role_reads_what_the_serializers_say(path: str) -> None:
    seen = [role for role in ROLES if reads_what_the_serializers_say(path, UserFactory(role=role))]

    assert {"admin", "manager", "agent", "viewer", "integrator"} <= set(seen)


def reads_what_the_serializers_say(path: str, user: User) -> bool:
    Contract.objects.filter(status="active").update(created_by=user)  # an integrator sees its own
    Customer.objects.filter(contracts__status="active").update(created_by=user)
    with time_machine.travel(AT, tick=False):
        client = client_of(user)
        page = client.get(f"/api/v1/{path}/")
        if page.status_code == 403:
            return False
        assert page.json()["data"]
        rows, in_list, in_detail = rows_of(path, user)
        for shown in page.json()["data"]:
            row = rows.get(pk=shown["id"])
            assert as_json(in_list, row, user) in page.content.decode()
            assert client.get(f"/api/v1/{path}/{row.pk}/").content.decode() == as_json(in_detail, row, user)
    return True


@pytest.mark.usefixtures("everything")
def test_the_order_is_the_lists() -> None:
    client = client_of(UserFactory(role="manager"))

    for path, order in (("cars", Car), ("customers", Customer), ("contracts", Contract)):
        found = client.get(f"/api/v1/{path}/").json()["data"]
        assert [one["id"] for one in found] == [str(row.pk) for row in order.objects.all()]


@pytest.mark.usefixtures("everything")
def test_what_is_kept_for_one_reader_is_not_shown_to_another() -> None:
    """The same list, asked by turns: the statement of whoever sees everything is not that of whoever sees his own."""
    boss, other = UserFactory(role="manager"), UserFactory(role="integrator")
    own = Contract.objects.first()
    Contract.objects.filter(pk=own.pk).update(created_by=other)

    for _ in range(2):
        assert len(client_of(boss).get("/api/v1/contracts/").json()["data"]) == Contract.objects.count()
        assert [one["id"] for one in client_of(other).get("/api/v1/contracts/").json()["data"]] == [str(own.pk)]
        assert client_of(UserFactory(role="integrator")).get("/api/v1/contracts/").json()["data"] == []
        hidden = Contract.objects.exclude(pk=own.pk).first()
        assert client_of(boss).get(f"/api/v1/contracts/{hidden.pk}/").status_code == 200
        assert client_of(other).get(f"/api/v1/contracts/{hidden.pk}/").status_code == 404
