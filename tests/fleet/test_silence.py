"""Redis says nothing: who has waited for it once waits no more, whatever else there is to tell it."""

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django_redis import get_redis_connection
from rest_framework.test import APIClient

from accounts.models import User
from cars.models import Branch
from fleet import cache, counters
from notifications import mail, notices
from notifications.models import Email
from notifications.samples import SAMPLES
from tests.factories.accounts import UserFactory
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
SILENCE = 3000  # milliseconds; no pause can be taken back, since Redis does not listen either
WAITERS = {"fleet.counters", "fleet.cache", "fleet.broker", "notifications.stream"}  # each says so after its wait


@pytest.fixture
def admin() -> User:
    return UserFactory(role="admin")


@pytest.fixture
def waits(admin: User, caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """Let Redis be silent, and everything be told when it is back."""
    get_redis_connection(counters.ALIAS).client_pause(SILENCE)
    with caplog.at_level(logging.INFO):
        yield lambda: [record.name for record in caplog.records if record.name in WAITERS]
    until(lambda: not any(thread.name.endswith("-later") for thread in threading.enumerate()))


def test_a_request_that_counts_writes_and_wakes_waits_once(admin: User, waits: Callable[[], list[str]]) -> None:
    client = APIClient()
    client.force_authenticate(admin)
    answer = client.post(f"/api/v1/users/{admin.pk}/invite/")
    assert answer.status_code == 200, answer.content
    assert Email.objects.count() == 1
    assert waits() == ["fleet.counters"]


def test_work_outside_requests_waits_once_too(admin: User, waits: Callable[[], list[str]]) -> None:
    for number in range(3):
        with transaction.atomic():
            Branch.objects.create(code=f"b{number}", name="Mostar")
            notices.notify([admin], "system", title="A branch", key=f"branch:{number}")
            mail.queue("overdue", to="a@example.com", language="bs", context=SAMPLES["overdue"], key=f"letter:{number}")
    assert waits() == ["fleet.cache"]


def test_what_was_not_told_meanwhile_is_told(admin: User, waits: Callable[[], list[str]]) -> None:
    counters.ask([("PING",)])
    Branch.objects.create(code="b", name="Mostar")
    until(lambda: not counters.away())
    until(lambda: "cars_branch" in cache.states())
    assert waits() == ["fleet.counters"]
