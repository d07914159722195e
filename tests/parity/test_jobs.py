"""The jobs of the predecessor and those it lacked: on record, once each, on any number of workers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.db import connection

from accounts.models import User
from audit.models import JobRun
from contracts import tasks
from contracts.models import Contract
from fleet.celery import app
from notifications import reminders
from notifications.models import Event, Notification, ReminderRule
from tests.factories import cars
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory
from tests.factories.contracts import END, NOW
from tests.factories.customers import DocumentFactory
from tests.waiting import until

MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = MORNING.date()
DAY = timedelta(days=1)
SOON, IN_A_WEEK = TODAY + 7 * DAY, MORNING + 7 * DAY
JOBS = "contracts.tasks.expire_holds", "notifications.tasks.remind", "contracts.tasks.grow_overdue"


@pytest.fixture
def manager(db: None) -> User:
    ReminderRule.objects.all().delete()
    return UserFactory(role="manager")


def told(subject: str) -> list[str]:
    """Let one rule run on this subject, at once, twice; return what the notices are about."""
    ReminderRule.objects.create(subject=subject, offsets=[7, 0, -1], role="manager", at_once=True)
    reminders.remind(on=TODAY)
    reminders.remind(on=TODAY)  # a second run tells nobody again
    return [one.kind for one in Notification.objects.all()]


@pytest.mark.parametrize(
    ("subject", "make"),
    [
        ("insurance", lambda by: cars.InsuranceFactory(valid_until=SOON)),
        ("registration", lambda by: cars.RegistrationFactory(valid_until=SOON)),
        ("inspection", lambda by: cars.InspectionFactory(valid_until=SOON)),
        ("licence", lambda by: given.booked(by=by, customer=given.driver(licence_expires_on=SOON))),
        ("document", lambda by: DocumentFactory(customer=given.booked(by=by).customer, expires_on=SOON)),
        ("pick_up", lambda by: given.confirmed(by=by, start_at=IN_A_WEEK, end_at=IN_A_WEEK + DAY)),
        ("return", lambda by: given.active(by=by, end_at=IN_A_WEEK)),
        ("hold", lambda by: given.booked(by=by)),
    ],
)
def test_what_expires_is_told_once(subject: str, make: Any, manager: User) -> None:
    make(manager)

    assert len(told(subject)) == 1


@pytest.mark.django_db
def test_contract_expired_is_overdue_and_keeps_its_car() -> None:
    given.active(by=given.manager())

    assert tasks.grow_overdue(now=END + timedelta(hours=4)) == 1


@pytest.mark.django_db
def test_hold_expiry() -> None:
    given.booked(by=given.manager())

    assert tasks.expire_holds(now=NOW + 8 * DAY) == 1
    assert Contract.objects.get().status == "expired"


@pytest.mark.django_db(transaction=True)
def test_each_run_is_recorded() -> None:
    with start_worker(app, pool="solo", perform_ping_check=False):
        for job in JOBS:
            app.send_task(job)
        until(lambda: set(JobRun.objects.values_list("job", flat=True)) >= set(JOBS))

    assert set(JobRun.objects.values_list("outcome", flat=True)) <= {"done", "idle"}


@pytest.mark.django_db(transaction=True)
def test_jobs_are_safe_on_any_number_of_workers() -> None:
    by = given.manager()
    for _ in range(6):
        given.booked(by=by)

    def run(_: int) -> int:
        try:
            return tasks.expire_holds(now=NOW + 8 * DAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 6
    assert Event.objects.filter(type="contract.expired").count() == 6


def test_the_clock_is_one_and_no_web_process_has_its_own() -> None:
    """Each entry of beat's table is a task that a worker knows; no server process schedules anything."""
    app.loader.import_default_modules()

    assert {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)
