"""Thirty-two counters fight for the same cars over real connections."""

import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from accounts.models import User
from cars.models import Occupancy
from contracts import lifecycle, payments, underway
from contracts.booking import Booking
from contracts.errors import NotRentable, PaymentRefused
from contracts.models import Contract
from fleet.errors import DomainError
from notifications.models import Event
from tests.factories import contracts as given
from tests.factories.contracts import NOW, START

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 32
CARS = 20
ATTEMPTS = 640


def overlaps() -> list[tuple[Any, Any]]:
    """Compare every pair of open rows of a car, without trusting the constraint."""
    rows = defaultdict(list)
    for car, period in Occupancy.objects.open().values_list("car", "period"):
        rows[car].append((period.lower, period.upper))
    return [
        (one, other)
        for periods in rows.values()
        for place, one in enumerate(periods)
        for other in periods[place + 1 :]
        if one[0] < other[1] and other[0] < one[1]
    ]


def in_threads(work: Any, tasks: Any) -> list[Any]:
    def alone(task: Any) -> Any:
        try:
            return work(task)
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(alone, tasks))


def attempt(car_id: UUID, by: User, start: datetime, hours: int) -> Contract:
    return lifecycle.book(Booking(car_id, start, start + timedelta(hours=hours)), by=by, now=NOW)


def test_no_car_is_booked_twice_and_losers_learn_why() -> None:
    by, dice = given.manager(), random.Random(7)  # noqa: S311 - a repeatable test, not a secret
    cars = [given.rentable_car().pk for _ in range(CARS)]
    tries = [
        (dice.choice(cars), START + timedelta(hours=dice.randrange(0, 24 * 20)), dice.randrange(2, 72))
        for _ in range(ATTEMPTS)
    ]
    results = in_threads(lambda task: attempt(task[0], by, task[1], task[2]), tries)
    won = [result for result in results if isinstance(result, Contract)]
    lost = [result for result in results if not isinstance(result, Contract)]
    assert {type(error) for error in lost} == {NotRentable}
    assert all(error.data["refusals"][0]["code"] == "occupied" for error in lost)
    assert overlaps() == []
    assert len(won) == Contract.objects.count() == Event.objects.filter(type="contract.booked").count()


def test_the_numbers_have_no_gaps_and_no_doubles() -> None:
    by = given.manager()
    cars = [given.rentable_car().pk for _ in range(4)]
    days = [(car, START + timedelta(days=day)) for car in cars for day in range(8)] * 2
    in_threads(lambda task: attempt(task[0], by, task[1], 20), days)
    numbers = sorted(Contract.objects.values_list("reference", flat=True))
    assert numbers == [f"R-2026-{number:06d}" for number in range(1, 33)]


def test_the_same_external_reference_books_once() -> None:
    by, car = given.manager(), given.rentable_car()
    request = given.wanted(car, external_ref="retry-me")
    results = in_threads(lambda _: lifecycle.book(request, by=by, now=NOW), range(THREADS))
    assert {result.pk for result in results} == {Contract.objects.get().pk}


def test_a_deposit_is_released_once() -> None:
    by = given.manager()
    contract = given.confirmed(by=by)

    def release(_: int) -> Any:
        return payments.record(
            contract.pk, kind="deposit_release", method="card", amount=contract.deposit, by=by, now=NOW
        )

    results = in_threads(release, range(THREADS))
    assert sum(not isinstance(result, PaymentRefused) for result in results) == 1
    assert contract.payments.sums()[1] == 0


def test_a_car_is_checked_out_once_whoever_clicks() -> None:
    by = given.manager()
    contract = given.confirmed(by=by)
    results = in_threads(
        lambda _: lifecycle.check_out(contract.pk, seen=given.FULL_TANK, by=by, now=START), range(THREADS)
    )
    assert sum(isinstance(result, Contract) for result in results) == 1
    assert contract.assignments.get().handovers.count() == 1


def test_swaps_across_each_other_do_not_deadlock() -> None:
    by = given.manager()
    running = [given.active(by=by) for _ in range(4)]
    spare = [given.rentable_car() for _ in range(2)]
    tries = [(contract.pk, car.pk) for contract in running for car in spare] * 4
    at = START + timedelta(hours=1)

    def swap(task: tuple[UUID, UUID]) -> Contract:
        return underway.swap(task[0], car_id=task[1], back=given.BACK, out=given.BACK, by=by, now=at)

    results = in_threads(swap, tries)
    assert sum(isinstance(result, Contract) for result in results) >= 2
    assert overlaps() == []
