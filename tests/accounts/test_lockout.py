"""Five wrong log-ins lock the account and the address, at every door, and nothing else does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import lockout, people, signin, tokens
from accounts.errors import LoginLocked, LoginRefused
from accounts.models import WrongLogins
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TOKEN = "/api/v1/auth/token/"


def fail(username: str, times: int, *, address: str | None = None, now: Any = NOW) -> None:
    for _ in range(times):
        with pytest.raises(LoginRefused):
            tokens.log_in(username, "wrong", now=now, address=address)


def is_open(username: str, *, address: str | None = None, now: Any = NOW) -> bool:
    try:
        tokens.log_in(username, PASSWORD, now=now, address=address)
    except LoginLocked:
        return False
    return True


def test_the_sixth_try_is_refused_even_with_the_right_password() -> None:
    user = UserFactory()
    fail(user.username, 5)

    with pytest.raises(LoginLocked) as refusal:
        tokens.log_in(user.username.upper(), PASSWORD, now=NOW + timedelta(minutes=4))

    assert refusal.value.headers == {"Retry-After": "660"}
    assert "in 11 minutes" in refusal.value.detail


def test_a_lock_ends_by_itself_after_fifteen_minutes() -> None:
    user = UserFactory()
    fail(user.username, 5)

    assert not is_open(user.username, now=NOW + timedelta(minutes=15) - timedelta(seconds=1))
    assert is_open(user.username, now=NOW + timedelta(minutes=15))


def test_wrong_log_ins_of_more_than_fifteen_minutes_ago_do_not_count() -> None:
    user = UserFactory()
    fail(user.username, 4)
    fail(user.username, 4, now=NOW + timedelta(minutes=15))

    assert is_open(user.username, now=NOW + timedelta(minutes=15))


def test_a_log_in_that_succeeds_counts_nowhere_and_clears_its_account() -> None:
    user = UserFactory()
    fail(user.username, 4)
    for _ in range(7):
        assert is_open(user.username, address="10.0.0.1")
    fail(user.username, 4)

    assert is_open(user.username)


def test_an_address_that_tries_many_names_is_locked_for_all_of_them() -> None:
    user = UserFactory()
    for number in range(5):
        fail(f"nobody{number}", 1, address="10.0.0.1")

    assert not is_open(user.username, address="10.0.0.1")
    assert is_open(user.username, address="10.0.0.2")


def test_a_success_of_his_own_does_not_open_the_address_of_one_who_guesses() -> None:
    own = UserFactory()
    fail("a", 4, address="10.0.0.1")
    is_open(own.username, address="10.0.0.1")
    fail("b", 1, address="10.0.0.1")

    assert not is_open(own.username, address="10.0.0.1")


def test_who_is_unlocked_gets_in_from_the_branch_where_he_was_wrong() -> None:
    user, colleague = UserFactory(), UserFactory()
    fail(user.username, 5, address="10.0.0.1")
    assert not is_open(colleague.username, address="10.0.0.1")

    lockout.clear(user.username)

    assert is_open(user.username, address="10.0.0.1")
    assert is_open(colleague.username, address="10.0.0.1")


def test_of_an_address_only_what_was_wrong_on_that_account_is_forgiven() -> None:
    user = UserFactory()
    fail("a", 4, address="10.0.0.1")
    fail(user.username, 1, address="10.0.0.1")

    lockout.clear(user.username)
    fail("b", 1, address="10.0.0.1")

    assert not is_open(user.username, address="10.0.0.1")


def test_all_addresses_of_one_customer_of_a_provider_count_together() -> None:
    fail("a", 5, address="2001:db8::1")

    assert not is_open(UserFactory().username, address="2001:db8::2:1")
    assert is_open(UserFactory().username, address="2001:db8:0:1::1")


def test_a_name_that_nobody_has_is_locked_in_the_same_words() -> None:
    user = UserFactory()
    refusals = []
    for name in (user.username, "nobody"):
        fail(name, 5)
        with pytest.raises(LoginLocked) as refusal:
            tokens.log_in(name, "wrong", now=NOW)
        refusals.append((refusal.value.detail, refusal.value.code))

    assert refusals[0] == refusals[1]


def test_what_was_typed_as_a_name_is_not_kept() -> None:
    fail("my-secret-by-mistake", 1, address="10.0.0.1")

    kinds = {row.subject.partition(":")[0] for row in WrongLogins.objects.all()}
    assert kinds == {"account", "address", "both"}
    assert not WrongLogins.objects.filter(subject__icontains="secret").exists()


def test_the_admin_and_the_api_count_together() -> None:
    user = UserFactory(role="agent")
    form, wrong = reverse("admin:login"), {"username": user.username, "password": "wrong"}
    for _ in range(3):
        assert "password is wrong" in Client().post(form, wrong).content.decode()
    for _ in range(2):
        assert APIClient().post(TOKEN, wrong).status_code == 401

    answer = APIClient().post(TOKEN, {**wrong, "password": PASSWORD})
    page = Client().post(form, {**wrong, "password": PASSWORD}).content.decode()

    assert (answer.status_code, answer.json()["code"], int(answer["Retry-After"]) > 800) == (429, "login_locked", True)
    assert "Try again in 15 minutes" in page


def test_a_session_cannot_be_used_to_guess_the_password() -> None:
    user = UserFactory()
    for _ in range(5):
        with pytest.raises(Exception, match="not your password"):
            signin.confirm_password(user, "wrong", now=NOW, address=None)

    with pytest.raises(LoginLocked):
        signin.confirm_password(user, PASSWORD, now=NOW, address=None)


def test_a_new_password_opens_the_account() -> None:
    user = UserFactory()
    fail(user.username, 5)

    people.set_password(user, PASSWORD, by=None, now=NOW)

    assert is_open(user.username)


def test_both_doors_tell_the_same_of_a_log_in_and_of_a_failure() -> None:
    user, heard = UserFactory(role="agent"), []

    def listen(signal: Any, request: Any, credentials: Any = None, user: Any = None, **rest: Any) -> None:
        heard.append((signal is user_logged_in, request.META["REMOTE_ADDR"], (credentials or {}).get("username")))

    for signal in (user_logged_in, user_login_failed):
        signal.connect(listen, dispatch_uid="test")
    for password in (PASSWORD, "wrong"):
        Client().post(reverse("admin:login"), {"username": user.username, "password": password})
        APIClient().post(TOKEN, {"username": user.username, "password": password})
    for signal in (user_logged_in, user_login_failed):
        signal.disconnect(dispatch_uid="test")

    assert heard == [(True, "127.0.0.1", None)] * 2 + [(False, "127.0.0.1", user.username)] * 2


def test_what_counts_no_more_is_deleted() -> None:
    fail("a", 1)

    assert lockout.purge(now=NOW + timedelta(minutes=14)) == 0
    assert lockout.purge(now=NOW + timedelta(minutes=15)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_thousand_tries_at_once_exactly_five_are_looked_at() -> None:
    looked_at: list[int] = []

    def attempt(number: int) -> str:
        def look() -> lockout.Wrong:
            looked_at.append(number)
            return lockout.Wrong(LoginRefused())

        try:
            lockout.guarded("amra", f"10.0.{number // 250}.{number % 250}", look, now=NOW)
        except (LoginRefused, LoginLocked) as error:
            return error.code
        return "in"

    def attempts(numbers: range) -> list[str]:
        try:
            return [attempt(number) for number in numbers]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        outcomes = [code for some in pool.map(attempts, [range(n, 1000, 20) for n in range(20)]) for code in some]

    assert (len(looked_at), outcomes.count("login_refused"), outcomes.count("login_locked")) == (5, 5, 995)
