"""Who is here: noted cheaply, over all processes, with and without Redis."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import presence, tasks
from accounts.models import User
from fleet import counters
from tests.factories.accounts import ApiKeyFactory, UserFactory, client_as, client_of, client_with

pytestmark = pytest.mark.django_db
ACTIVITY = "/api/v1/activity/"
ME = "/api/v1/auth/me/"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    presence._noted.clear()
    yield
    counters._away.forget()


def rows(**query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client_as("admin").get(ACTIVITY, query).json()["data"]
    return found


def test_whoever_asks_by_browser_token_or_key_is_online() -> None:
    by_browser, by_token, gone = UserFactory(role="agent"), UserFactory(role="agent"), UserFactory(role="agent")
    issued = ApiKeyFactory.issued()
    browser = Client()
    browser.force_login(by_browser)
    browser.get(reverse("admin:index"))
    for client in (client_of(by_token), client_with(issued.plain)):
        client.get(ME)

    here = {one["username"] for one in rows(online="true")}

    assert {by_browser.username, by_token.username, issued.key.user.username} <= here
    assert [one["username"] for one in rows(online="false", role="agent")] == [gone.username]


def test_who_came_last_is_first_and_who_never_came_last() -> None:
    now = timezone.now()
    early, late, never = (UserFactory(role="agent") for _ in range(3))
    presence.note(early.pk, (now - timedelta(minutes=20)).timestamp())
    presence.note(late.pk, (now - timedelta(minutes=10)).timestamp())

    found = rows(role="agent")

    assert [one["username"] for one in found] == [late.username, early.username, never.username]
    assert [(one["online"], one["last_seen_at"] is None) for one in found] == [(False, False)] * 2 + [(False, True)]
    assert [one["username"] for one in rows(role="agent", sort="last_seen_at", limit=1)] == [never.username]


def test_pages_follow_each_other_also_over_those_who_never_came() -> None:
    users, client = [UserFactory(role="agent") for _ in range(3)], client_as("admin")
    presence.note(users[0].pk, timezone.now().timestamp())
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(ACTIVITY, {"role": "agent", "limit": 1, **({"cursor": cursor} if cursor else {})}).json()
        seen += [one["username"] for one in page["data"]]
        cursor = page["next_cursor"]

    assert sorted(seen) == sorted(user.username for user in users)


def test_a_request_writes_nothing_to_the_database_and_one_command_to_redis(django_assert_num_queries: Any) -> None:
    client = client_as("agent")

    with django_assert_num_queries(2):  # who it is; the roles that the answer shows
        client.get(ME)

    assert User.objects.get(pk=client.user.pk).last_seen_at is None


def test_a_process_notes_the_same_person_at_most_every_half_minute() -> None:
    user = UserFactory()

    told = [bool(presence.commands(user.pk, 1000.0 + later)) for later in (0, 1, 29.9, 30, 31, 60)]

    assert told == [True, False, False, True, False, True]


def test_another_process_with_an_older_clock_takes_nothing_back() -> None:
    user, now = UserFactory(), timezone.now()
    presence.note(user.pk, now.timestamp())
    presence._noted.clear()
    presence.note(user.pk, (now - timedelta(minutes=5)).timestamp())

    presence.flush(now=now)

    assert abs(User.objects.get(pk=user.pk).last_seen_at - now) < timedelta(milliseconds=1)


def test_the_task_keeps_it_once_and_changes_no_version() -> None:
    user = UserFactory()
    presence.note(user.pk, timezone.now().timestamp())

    assert (tasks.keep_presence(), tasks.keep_presence()) == (1, 0)
    assert User.objects.get(pk=user.pk).version == user.version


def test_redis_forgets_who_was_kept_long_ago() -> None:
    user, now = UserFactory(), timezone.now()
    presence.note(user.pk, (now - timedelta(minutes=90)).timestamp())

    presence.flush(now=now)

    assert counters.ask([("ZCARD", "presence")]) == [0]


def test_without_redis_the_last_known_is_told(settings: Settings) -> None:
    user = UserFactory(role="agent")
    presence.note(user.pk, timezone.now().timestamp())
    presence.flush(now=timezone.now())
    settings.CACHES = {
        **settings.CACHES,
        "ratelimit": {**settings.CACHES["ratelimit"], "LOCATION": "redis://127.0.0.1:1/0"},
    }

    assert [one["online"] for one in rows(role="agent")] == [True]


def test_only_administrators_see_it() -> None:
    assert client_as("manager").get(ACTIVITY).status_code == 403
    assert APIClient().get(ACTIVITY).status_code == 401
