"""Whom to ask: people who may, those who were here last first, no names of those who are gone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import asking
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
WAIVE = "contracts.waive_charge"
NOW = timezone.now()


def test_who_was_here_last_is_named_first() -> None:
    UserFactory(role="manager", first_name="Amra", last_name="Perić", last_seen_at=NOW - timedelta(days=2))
    UserFactory(role="manager", first_name="Ivan", last_name="Kos", last_seen_at=NOW)
    UserFactory(role="agent", first_name="Ana", last_name="Lovrić", last_seen_at=NOW)

    assert asking.whom(WAIVE) == "Ask Ivan Kos or Amra Perić."


def test_who_has_left_is_not_named_and_nobody_is_said_so() -> None:
    UserFactory(role="manager", is_active=False)
    assert asking.who_may(WAIVE) == []
    assert "administrator" in asking.whom(WAIVE)


def test_few_are_named_however_many_may() -> None:
    for _ in range(6):
        UserFactory(role="manager")
    assert len(asking.who_may(WAIVE)) == 3
