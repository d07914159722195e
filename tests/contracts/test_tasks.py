"""Work by the clock, on any number of workers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from contracts import tasks
from contracts.models import Contract
from notifications.models import Event
from tests.factories import contracts as given
from tests.factories.contracts import END, NOW

LATER = NOW + timedelta(days=8)


@pytest.mark.django_db
def test_only_pending_contracts_whose_hold_passed_expire() -> None:
    by = given.manager()
    old, kept = given.booked(by=by), given.confirmed(by=by)
    with time_machine.travel(LATER, tick=False):
        assert tasks.expire_holds() == 1
        assert tasks.expire_holds() == 0
    assert Contract.objects.get(pk=old.pk).status == "expired"
    assert Contract.objects.get(pk=kept.pk).status == "confirmed"


@pytest.mark.django_db
def test_overdue_cars_grow_and_the_others_do_not() -> None:
    by = given.manager()
    given.active(by=by)
    with time_machine.travel(END - timedelta(hours=1), tick=False):
        assert tasks.grow_overdue() == 0
    with time_machine.travel(END + timedelta(hours=4), tick=False):
        assert tasks.grow_overdue() == 1
        assert tasks.grow_overdue() == 0


def _expire_on_an_own_connection(_: int) -> int:
    try:
        return tasks.expire_holds()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_eight_workers_expire_each_booking_once() -> None:
    by = given.manager()
    for _ in range(12):
        given.booked(by=by)
    with time_machine.travel(LATER, tick=False), ThreadPoolExecutor(8) as pool:
        expired = sum(pool.map(_expire_on_an_own_connection, range(8)))
    assert expired == 12
    assert Event.objects.filter(type="contract.expired").count() == 12
