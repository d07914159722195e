"""What the clock did is on record, and what it did not do is noticed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.test import Client

from audit import runs
from audit.checkup import jobs_run
from audit.models import JobRun
from contracts.tasks import expire_holds
from fleet.celery import app
from tests.factories.accounts import UserFactory, client_as
from tests.waiting import until

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
JOB = "contracts.tasks.expire_holds"
_MAIL = "notifications.tasks.deliver_mail"
SECOND = timedelta(seconds=1)


def ran(minute: int = 0, **outcome: Any) -> None:
    at = NOW + timedelta(minutes=minute)
    runs.ran(JOB, started=at, ended=at + SECOND, **outcome)


def test_what_a_job_did_is_a_row_and_idle_runs_are_one_together() -> None:
    ran(0, found=0)
    ran(1)
    ran(2, found=3)
    ran(3, found=0)

    rows = JobRun.objects.order_by("id").values_list("outcome", "times", "handled")
    assert list(rows) == [("idle", 2, None), ("done", 1, 3), ("idle", 1, None)]


def test_a_failure_says_what_kind_and_no_more() -> None:
    ran(0, error=ValueError("the secret of Lejla"))

    assert (JobRun.objects.get().outcome, JobRun.objects.get().error) == ("failed", "ValueError")
    assert jobs_run().text == f"{JOB} failed last: ValueError"
    ran(1)
    assert not runs.failing()


def test_a_job_that_no_longer_runs_is_late_and_a_clock_just_started_owes_nothing() -> None:
    assert runs.late(NOW) == []
    ran(0)

    assert set(runs.late(NOW + timedelta(minutes=2))) == {"notifications.tasks.call_webhooks", _MAIL}
    assert JOB in runs.late(NOW + timedelta(minutes=6))


def test_runs_go_after_ninety_days() -> None:
    ran(0)

    assert runs.purge(now=NOW + timedelta(days=90)) == 0
    assert runs.purge(now=NOW + timedelta(days=91)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_puts_its_runs_on_record() -> None:
    with start_worker(app, pool="solo", perform_ping_check=False):
        expire_holds.delay()
        until(JobRun.objects.filter(job=JOB, outcome="idle").exists)


def test_who_looks_after_the_house_sees_them_and_others_do_not() -> None:
    ran(0, found=2)
    boss = Client()
    boss.force_login(UserFactory(role="admin"))

    assert b"expire_holds" in boss.get("/admin/audit/jobrun/").content
    [row] = client_as("auditor").get("/api/v1/job-runs/", {"outcome": "done"}).json()["data"]
    assert (row["job"], row["handled"], row["started_at"]) == (JOB, 2, "2026-11-24T09:00:00Z")
    assert client_as("agent").get("/api/v1/job-runs/").status_code == 403
