"""Many rows at a time: what would change is shown row by row, and all of it happens or none, each through its verb."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cars import placing
from cars.errors import IllegalMove
from cars.models import Car
from contracts.models import Contract
from customers.models import Flag
from fleet.errors import Invalid
from notifications.models import Event
from tests.contracts.desk import client_in, text
from tests.factories.cars import BranchFactory, CarFactory
from tests.factories.contracts import NOW, START, booked, confirmed, manager, returned
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def boss() -> Client:
    return client_in("manager")[0]


@pytest.fixture
def by() -> User:
    return manager()


def send(client: Client, rows: list[Any], action: str, stage: str = "", **fields: Any) -> Any:
    options = rows[0]._meta
    data = {"action": action, "_selected_action": [str(one.pk) for one in rows], **fields}
    where = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return client.post(where, {**data, **({"stage": stage} if stage else {})})


def test_first_it_asks_and_shows_what_is_chosen(boss: Client) -> None:
    cars = [CarFactory(license_plate=plate) for plate in ("AAA-1", "BBB-2")]
    shown = text(send(boss, cars, "move_to_branch"))

    assert all(words in shown for words in ("AAA-1", "BBB-2", 'name="branch"', "Preview"))
    assert 'value="do"' not in shown


def test_the_preview_says_row_by_row_what_would_change_and_changes_nothing(boss: Client) -> None:
    car, entries = CarFactory(branch__name="Mostar"), LogEntry.objects.count
    other, before = BranchFactory(name="Tuzla"), None
    before = entries()
    shown = text(send(boss, [car], "move_to_branch", "look", branch=str(other.pk)))

    assert "<del>Mostar</del> → <ins>Tuzla</ins>" in shown
    assert (Car.objects.get().branch_id, entries()) == (car.branch_id, before)


def test_then_all_are_changed_and_each_is_on_record(boss: Client) -> None:
    cars, other = CarFactory.create_batch(3), BranchFactory()
    answer = send(boss, cars, "move_to_branch", "do", branch=str(other.pk))

    assert answer.status_code == 302
    assert set(Car.objects.values_list("branch", flat=True)) == {other.pk}
    told = LogEntry.objects.get_for_objects(Car.objects.all()).filter(action=LogEntry.Action.UPDATE)
    assert {entry.object_pk for entry in told if "branch" in entry.changes} == {str(car.pk) for car in cars}


def test_one_refusal_and_nothing_happens(boss: Client) -> None:
    good, gone, other = CarFactory(), CarFactory(lifecycle="archived"), BranchFactory()
    shown = text(send(boss, [good, gone], "move_to_branch", "do", branch=str(other.pk)))

    assert "is archived or gone" in shown
    assert "1 row is refused; nothing was changed." in shown
    assert not Car.objects.filter(branch=other).exists()


def test_what_is_refused_is_not_ticked_any_more(boss: Client) -> None:
    gone, good = CarFactory(lifecycle="archived"), CarFactory()
    shown = text(send(boss, [gone, good], "change_price", "look", percent="10"))

    assert f'value="{gone.pk}">' in shown
    assert f'value="{good.pk}" checked>' in shown


def test_states_change_by_their_verbs_and_bookings_at_risk_are_told(boss: Client, by: User) -> None:
    contract, idle = booked(by=by), CarFactory(lifecycle="out_of_service")
    before = Event.objects.filter(type="contract.at_risk").count()
    looked = text(send(boss, [contract.car, idle], "change_state", "look", to="out_of_service"))
    assert Event.objects.filter(type="contract.at_risk").count() == before
    send(boss, [contract.car], "change_state", "do", to="out_of_service")

    assert "refused" in looked
    assert Car.objects.get(pk=contract.car_id).lifecycle == "out_of_service"
    assert Event.objects.filter(type="contract.at_risk").count() == before + 1


@pytest.mark.parametrize(("percent", "rate"), [("10", "44.00"), ("-12.5", "35.00"), ("0.4", "40.16")])
def test_prices_change_by_percent_in_cents(boss: Client, percent: str, rate: str) -> None:
    car = CarFactory(daily_rate=None, category__daily_rate="40.00")
    send(boss, [car], "change_price", "do", percent=percent)

    assert Car.objects.get().daily_rate == Decimal(rate)


@pytest.mark.parametrize("percent", ["", "-99", "nonsense", "1e9"])
def test_a_percent_that_makes_no_sense_is_said_at_its_field(boss: Client, percent: str) -> None:
    shown = text(send(boss, [CarFactory(daily_rate="40.00")], "change_price", "do", percent=percent))

    assert 'value="do"' not in shown
    assert Car.objects.get().daily_rate == Decimal("40.00")


def test_a_price_of_nothing_and_a_closed_branch_are_refused(by: User) -> None:
    car = CarFactory(daily_rate="0.01")
    with pytest.raises(Invalid):
        placing.reprice(car.pk, percent=Decimal(-90), by=by)
    with pytest.raises(Invalid):
        placing.station(car.pk, branch=BranchFactory(is_active=False), by=by)
    with pytest.raises(IllegalMove):
        placing.reprice(CarFactory(lifecycle="disposed").pk, percent=Decimal(5), by=by)


def test_bookings_are_called_off_with_one_reason_or_none_of_them(boss: Client, by: User) -> None:
    first, second, over = booked(by=by), confirmed(by=by), returned(by=by)
    reason = {"reason": "The airport is closed."}
    refused = text(send(boss, [first, over], "cancel_many", "do", **reason))
    send(boss, [first, second], "cancel_many", "do", **reason)

    assert "is returned" in refused
    assert set(Contract.objects.filter(status="cancelled")) == {first, second}
    assert Event.objects.filter(type="contract.cancelled").count() == 2


def test_an_action_that_asks_nothing_shows_its_preview_at_once(boss: Client, by: User, clock: Any) -> None:
    contract = confirmed(by=by)
    early = text(send(boss, [contract], "no_show_many"))
    clock.move_to(START + timedelta(hours=3))
    client = client_in("manager")[0]
    late = text(send(client, [contract], "no_show_many"))
    send(client, [contract], "no_show_many", "do")

    assert ("2 hours after" in early, 'value="do"' in late) == (True, True)
    assert Contract.objects.get().status == "no_show"


def test_customers_are_flagged_together(boss: Client) -> None:
    people = CustomerFactory.create_batch(2)
    send(boss, people, "flag_many", "do", kind="vip", reason="Regulars of the hotel")

    assert Flag.objects.filter(kind="vip").count() == 2


def test_who_may_not_do_it_to_one_may_not_do_it_to_many() -> None:
    client, car = client_in("agent")[0], CarFactory(daily_rate="40.00")
    shown = text(client.get("/admin/cars/car/"))
    send(client, [car], "change_price", "do", percent="10")

    assert "change_price" not in shown
    assert Car.objects.get().daily_rate == Decimal("40.00")


def test_more_than_a_hundred_rows_are_too_many(boss: Client) -> None:
    cars = CarFactory.create_batch(101)
    answer = send(boss, cars, "change_price", "do", percent="10")

    assert answer.status_code == 302
    assert not Car.objects.filter(daily_rate=Decimal("44.00")).exists()
