"""How often who may ask: counted exactly, told in headers, open without Redis."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from accounts import tokens
from fleet import counters
from fleet.api import limits
from fleet.api.limits import Caller, Policy, Usage
from tests.factories.accounts import ApiKeyFactory, UserFactory, client_as, client_of, client_with

ME = "/api/v1/auth/me/"
RATES = {"anonymous": "3/15m", "user": "3/1m", "key": "3/1m"}


@pytest.fixture
def few(settings: Settings) -> Iterator[Settings]:
    settings.FLEET_RATES = dict(RATES)
    yield settings
    counters._away.forget()


def statuses(client: APIClient, times: int = 4, **headers: str) -> list[int]:
    return [client.get(ME, **headers).status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("rate", "quota", "window"), [("100/15m", 100, 900), ("5/s", 5, 1), ("1/2h", 1, 7200), (" 9/d ", 9, 86400)]
)
def test_a_rate_is_so_many_in_a_time(rate: str, quota: int, window: int) -> None:
    assert limits.policy("user", rate) == Policy("user", quota, window)


@pytest.mark.parametrize("rate", ["", "5", "5/x", "0/m", "5/0m", "-1/m", "a/m"])
def test_what_is_no_rate_is_refused(rate: str) -> None:
    with pytest.raises(ValueError, match="is not a rate"):
        limits.policy("user", rate)


def test_the_most_generous_tier_of_a_caller_counts() -> None:
    rates = {**RATES, "user:agent": "5/1m", "user:manager": "100/15m", "key:abc": "1/1m"}

    assert limits.policy_of(Caller("user", "1", ("agent", "manager", "x")), rates).tier == "user:manager"
    assert limits.policy_of(Caller("key", "abc", ("abc",)), rates).quota == 1
    assert limits.policy_of(Caller("user", "1"), rates).tier == "user"


def test_the_headers_are_those_of_the_draft() -> None:
    policy = Policy("key:abc", 100, 900)

    assert limits.headers(Usage(policy, 40, 27)) == {
        "RateLimit-Policy": '"key-abc";q=100;w=900',
        "RateLimit": '"key-abc";r=60;t=27',
    }
    assert limits.headers(Usage(policy, 101, 27))["Retry-After"] == "27"


@pytest.mark.django_db
def test_a_stranger_is_counted_by_address_and_told_when_to_come_back(few: Settings) -> None:
    answers = [APIClient().get(ME) for _ in range(4)]

    assert [one.status_code for one in answers] == [401, 401, 401, 429]
    assert answers[0]["RateLimit"].startswith('"anonymous";r=2;t=')
    assert (answers[3].json()["code"], 890 < int(answers[3]["Retry-After"]) <= 900) == ("too_many_requests", True)
    assert answers[3]["RateLimit-Policy"] == '"anonymous";q=3;w=900'
    assert statuses(APIClient(), 1, REMOTE_ADDR="10.9.9.9") == [401]


@pytest.mark.django_db
def test_guessing_a_credential_counts_for_the_address(few: Settings) -> None:
    guesses = [{"HTTP_X_API_KEY": f"fd_live_{number}_x"} for number in range(2)]
    answers = [APIClient().get(ME, **guess).status_code for guess in (*guesses, *guesses)]

    assert answers == [401, 401, 401, 429]


@pytest.mark.django_db
def test_an_account_and_a_key_are_counted_apart_and_over_all_log_ins(few: Settings) -> None:
    user = UserFactory(role="agent")
    issued = ApiKeyFactory.issued(user)

    assert statuses(client_of(user), 2) + statuses(client_of(user), 2) == [200, 200, 200, 429]
    assert statuses(client_with(issued.plain)) == [200, 200, 200, 429]
    assert statuses(client_as("agent"), 1) == [200]


@pytest.mark.django_db
def test_a_role_may_have_a_tier_of_its_own(few: Settings) -> None:
    few.FLEET_RATES = {**RATES, "user:manager": "5/1m"}

    assert statuses(client_as("manager"), 6) == [200] * 5 + [429]


@pytest.mark.django_db
def test_what_is_refused_by_permission_counts_too(few: Settings) -> None:
    client = client_as("viewer")

    assert [client.get("/api/v1/users/").status_code for _ in range(4)] == [403, 403, 403, 429]


@pytest.mark.django_db
def test_the_left_end_of_a_forwarded_address_is_not_believed(few: Settings) -> None:
    few.TRUSTED_PROXIES = 1
    answers = [APIClient().get(ME, HTTP_X_FORWARDED_FOR=f"10.0.0.{n}, 9.9.9.9").status_code for n in range(4)]

    assert answers == [401, 401, 401, 429]


@pytest.mark.django_db
def test_counting_takes_one_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    trips, ask, client = [], counters.ask, client_as("agent")
    client.get(ME)  # notes that the person is here, which a process does every half minute
    monkeypatch.setattr(counters, "ask", lambda commands: trips.append(len(commands)) or ask(commands))

    client.get(ME)

    assert trips == [3]


@pytest.mark.django_db
def test_without_redis_nothing_is_limited_and_nothing_waits(few: Settings) -> None:
    few.CACHES = {**few.CACHES, "ratelimit": {**few.CACHES["ratelimit"], "LOCATION": "redis://127.0.0.1:1/0"}}
    client = client_as("agent")
    answers = [client.get(ME) for _ in range(5)]

    assert {one.status_code for one in answers} == {200}
    assert "RateLimit" not in answers[0]
    assert counters.away()


def test_a_counter_that_lost_its_end_gets_a_new_one() -> None:
    caller, policy = Caller("user", "1"), Policy("user", 5, 60)
    counter = limits.commands(caller, policy)[0][1]
    counters.ask([("SET", counter, 3)])

    answers = counters.ask(limits.commands(caller, policy))

    assert answers is not None
    assert limits.usage(policy, answers) == Usage(policy, 4, 60)


@pytest.mark.django_db(transaction=True)
def test_of_a_thousand_requests_at_once_exactly_the_quota_gets_in(few: Settings, live_server: LiveServer) -> None:
    few.FLEET_RATES = {**RATES, "user": "137/15m"}
    pair = tokens.open_session(UserFactory(role="agent"), now=timezone.now())

    def hammer(_number: int) -> list[int]:
        line, found = HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=30), []
        for _ in range(50):
            line.request("GET", ME, headers={"Authorization": f"Bearer {pair.access}"})
            answer = line.getresponse()
            answer.read()
            found.append(answer.status)
        line.close()
        return found

    with ThreadPoolExecutor(20) as pool:
        found: list[Any] = [status for some in pool.map(hammer, range(20)) for status in some]

    assert (found.count(200), found.count(429)) == (137, 863)
