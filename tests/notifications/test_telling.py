"""Colleagues are told of what happened: those who act on it, once, and not of what they did themselves."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from cars import issues
from cars.models import IssueReport
from contracts import lifecycle, tasks
from notifications import delivery, webhooks
from notifications.catalogue import KINDS
from notifications.models import Email, Notification
from notifications.telling import TOLD
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory
from tests.factories.cars import CarFactory
from tests.factories.contracts import END, NOW
from tests.notifications import sink as sinks

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(db: None) -> User:
    webhooks.relay(now=timezone.now())  # from here on events are handed on
    return UserFactory(role="agent")


@pytest.fixture
def mechanic(db: None) -> User:
    return UserFactory(role="mechanic")


def told(user: User) -> list[tuple[str, str]]:
    """Hand on what happened; return the kinds and titles of what this user is told."""
    webhooks.relay(now=timezone.now())
    webhooks.relay(now=timezone.now())
    return list(Notification.objects.of(user).order_by("id").values_list("kind", "title"))


def test_a_booking_from_outside_is_told_at_the_desk_and_ones_own_is_not(agent: User) -> None:
    program = UserFactory(role="integrator")
    contract = given.booked(by=program, channel="api")
    given.booked(by=agent)

    assert told(agent) == [("contract_booked", f"Booked: {contract.reference}")]
    lifecycle.cancel(contract.pk, by=program, now=NOW, reason="The guest has called it off.")
    assert told(agent)[1:] == [("contract_cancelled", f"Booking cancelled: {contract.reference}")]


def test_a_hold_that_passed_is_told(agent: User) -> None:
    contract = given.booked(by=agent)

    tasks.expire_holds(now=NOW + timedelta(days=8))

    assert told(agent) == [("contract_expired", f"Booking expired: {contract.reference}")]


def test_a_car_that_does_not_come_back_is_told_once(agent: User) -> None:
    contract = given.active(by=agent)

    for hours in (4, 5, 6):
        tasks.grow_overdue(now=END + timedelta(hours=hours))

    assert told(agent) == [("contract_overdue", f"Car overdue: {contract.reference}")]


def test_an_issue_is_told_in_the_workshop_but_not_to_who_reported_it(agent: User, mechanic: User) -> None:
    car, other = CarFactory(), UserFactory(role="mechanic", language="bs")

    issues.report(IssueReport(car=car, title="Brakes", severity="critical"), by=mechanic, now=NOW)

    assert told(mechanic) == []
    assert [kind for kind, _ in told(other)] == ["issue_reported", "car_grounded"]
    assert told(agent) == [("car_grounded", f"Car grounded: {car.license_plate}")]


def test_a_damage_found_at_a_return_is_told(agent: User, mechanic: User) -> None:
    dent = given.NewDamage(panel="bonnet", kind="dent")

    contract = given.returned(by=agent, back=given.Seen(odometer_km=1_300, fuel_eighths=8, damages=[dent]))

    assert ("damage_found", f"Damage found: {contract.car.license_plate}") in told(mechanic)


def test_old_news_are_no_news(agent: User) -> None:
    given.booked(by=UserFactory(role="integrator"), channel="api")

    webhooks.relay(now=timezone.now() + timedelta(days=2))

    assert told(agent) == []


def test_a_letter_that_was_given_up_is_told_to_who_can_send_it_again(agent: User, settings: Any) -> None:
    boss = UserFactory(role="manager")
    given.confirmed(by=boss, customer=given.driver(email="lejla@example.com"))
    Email.objects.update(attempts=7)

    with sinks.running() as sink:
        sink.refusing["*"] = "451 later"
        settings.MAILERS = sink.mailers
        delivery.deliver(now=timezone.now() + timedelta(days=400))

    assert Email.objects.get().status == "failed"
    assert ("mail_given_up", "E-mail given up: booking_confirmed") in told(boss)


def test_every_kind_of_notice_is_written_by_somebody() -> None:
    """The rest: reminders write the *_due, risks and switched-off webhooks their own."""
    elsewhere = {"digest", "contract_at_risk", "mail_given_up", "system"}
    due = {kind for kind in KINDS if kind.endswith("_due")}

    assert {told.kind for told in TOLD.values()} | elsewhere | due == set(KINDS)
