"""The planted company is believable: every rule that the verbs keep holds of it."""

import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from cars.models import Car, Insurance, IssueReport, OdometerReading, ServiceRecord
from contracts import availability, lifecycle
from contracts.models import Charge, Contract, Handover, Payment, ReferenceCounter
from contracts.status import Status
from customers.models import Customer, Flag
from fleet.db.period import Period
from fleet.seed import checks, loading
from fleet.seed.sheets import HOT
from tests.factories.accounts import UserFactory

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)  # ten o'clock in Sarajevo


@pytest.fixture(scope="module", autouse=True)
def company(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Plant once for all tests of this file, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed", "--on", "2026-11-24", stderr=io.StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _undone(company: None) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_the_demo_has_the_size_it_promises() -> None:
    assert (Car.objects.count(), Customer.objects.count(), Contract.objects.count()) == (60, 200, 500)
    assert set(Contract.objects.values_list("status", flat=True)) == set(Status.values)


@pytest.mark.parametrize("name", checks.NAMES)
def test_every_guard_of_single_steps_holds_of_all_rows(name: str) -> None:
    checks.require(name)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("contract_total_is_sum", "UPDATE contracts_contract SET total = total + 1"),
        ("contract_closed_is_settled", "DELETE FROM contracts_payment WHERE kind = 'deposit_release'"),
        ("contract_has_one_car", "UPDATE contracts_assignment SET closed_at = now()"),
        ("contract_handed_over", "DELETE FROM contracts_handover WHERE kind = 'in'"),
        ("payment_bounds", "DELETE FROM contracts_payment WHERE kind = 'deposit_hold'"),
        ("odometerreading_forward", "UPDATE cars_odometerreading SET km = 1 WHERE source = 'check_in'"),
        ("car_odometer_is_latest", "UPDATE cars_car SET odometer_km = 0"),
        ("contract_reference_gapless", "UPDATE contracts_referencecounter SET last = last + 1"),
    ],
)
def test_the_check_finds_what_the_guard_would_have_refused(name: str, damage: str) -> None:
    with connection.cursor() as cursor, loading.triggers_off(HOT):
        cursor.execute(damage)
    with pytest.raises(checks.Broken, match=name):
        checks.require(name)


def test_today_is_a_busy_day() -> None:
    overdue = Contract.objects.overdue(NOW)
    midnight = datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert overdue.count() == 3
    assert Contract.objects.due_back(NOW, midnight).count() == 6
    assert Contract.objects.going_out(NOW, midnight).count() >= 5
    assert Contract.objects.hold_passed(NOW).count() == 0


def test_an_overdue_car_stays_taken_until_it_is_back() -> None:
    for contract in Contract.objects.overdue(NOW):
        occupancy = contract.assignments.open().get().occupancy
        assert occupancy.period.upper == NOW + timedelta(hours=1)


def test_every_car_that_is_out_or_promised_passes_the_gate() -> None:
    for contract in Contract.objects.filter(status__in=("active", "confirmed")).select_related("car"):
        period = Period(contract.start_at, contract.end_at)
        found = availability.of_contract(contract, contract.car, period, leaving=True, now=NOW)
        assert [refusal.code for refusal in found if refusal.severity == "block"] == []


def test_references_are_gapless_per_year() -> None:
    given: Counter[int] = Counter()
    for reference in Contract.objects.order_by("reference").values_list("reference", flat=True):
        year = int(reference[2:6])
        given[year] += 1
        assert int(reference[7:]) == given[year]
    assert dict(ReferenceCounter.objects.values_list("year", "last")) == dict(given)


def test_odometers_show_the_latest_reading() -> None:
    shown = Car.objects.annotate(latest=Max("odometer_readings__km"))
    assert not shown.exclude(odometer_km=F("latest")).exists()
    assert OdometerReading.objects.filter(source="service").exists()


def test_papers_expire_within_the_month_and_some_have() -> None:
    today = NOW.date()
    assert Insurance.objects.expiring(today, today + timedelta(days=30)).count() >= 5
    assert Insurance.objects.filter(car__lifecycle="active", valid_until__lt=today).exists()


def test_there_is_something_to_do_for_everybody() -> None:
    assert Contract.objects.filter(status="returned", charges__status="proposed").exists()
    assert IssueReport.objects.restricting().filter(restriction="grounded").exists()
    assert ServiceRecord.objects.filter(next_service_date__lt=NOW.date() + timedelta(days=30)).exists()
    assert set(Flag.objects.values_list("kind", flat=True)) >= {"do_not_rent", "debt", "vip"}
    assert set(Charge.objects.values_list("status", flat=True)) == set(Charge.Status.values)


def test_money_of_past_rentals_adds_up() -> None:
    paid = Payment.objects.filter(contract__status="closed", kind__in=("payment", "refund"))
    assert paid.exists()
    assert not Contract.objects.with_money().filter(Q(status="closed") & ~Q(balance=0)).exists()


def test_hand_overs_are_by_people_and_within_the_day() -> None:
    assert not Handover.objects.filter(at__gt=NOW).exists()
    assert not Contract.objects.filter(Q(created_at__gt=NOW) | Q(returned_at__gt=NOW) | Q(ended_at__gt=NOW)).exists()


def test_the_guards_are_back_after_the_load() -> None:
    with connection.cursor() as cursor:
        # But for the two that tests/conftest.py switches off, so that tests that commit can be cleaned up.
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O' AND tgname NOT LIKE '%is_not_emptied'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE NOT convalidated")
        assert cursor.fetchone() == (0,)


def test_verbs_work_on_planted_contracts() -> None:
    booking = Contract.objects.filter(status="pending").first()
    assert booking is not None
    by: Any = UserFactory(is_superuser=True)
    lifecycle.cancel(booking.pk, reason="The guest has called it off", by=by, now=timezone.now())
    booking.refresh_from_db()
    assert booking.status == "cancelled"
