"""Log-ins by token: one use per refresh token, revoked at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from accounts import tokens
from accounts.errors import LoginRefused, TokenRefused, TokenReused
from accounts.models import TokenSession
from accounts.roles import ROLES
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_the_right_password_opens_a_session_with_address_and_program() -> None:
    user = UserFactory(role="agent")

    pair = tokens.log_in(user.username, PASSWORD, now=NOW, address="10.0.0.9", program="curl/8")

    session = TokenSession.objects.get(user=user)
    assert (session.address, session.user_agent, session.created_by) == ("10.0.0.9", "curl/8", user)
    assert tokens.verify(pair.access, now=NOW) == session


def test_a_user_name_is_found_whatever_its_case() -> None:
    user = UserFactory(username="Amra")

    assert tokens.log_in("aMRA", PASSWORD, now=NOW).session.user == user


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " "])
def test_a_wrong_password_is_refused(password: str) -> None:
    user = UserFactory()

    with pytest.raises(LoginRefused):
        tokens.log_in(user.username, password, now=NOW)


def test_an_inactive_user_is_refused_in_the_same_words() -> None:
    user = UserFactory(is_active=False)

    with pytest.raises(LoginRefused):
        tokens.log_in(user.username, PASSWORD, now=NOW)


def test_a_refresh_token_works_once() -> None:
    first = tokens.open_session(UserFactory(), now=NOW)

    second = tokens.rotate(first.refresh, now=NOW)

    assert second.session == first.session
    assert second.refresh != first.refresh


def test_an_old_refresh_token_ends_the_session_and_its_access_tokens_at_once() -> None:
    first = tokens.open_session(UserFactory(), now=NOW)
    second = tokens.rotate(first.refresh, now=NOW)

    with pytest.raises(TokenReused):
        tokens.rotate(first.refresh, now=NOW)

    for access in (first.access, second.access):
        with pytest.raises(TokenRefused):
            tokens.verify(access, now=NOW)
    with pytest.raises(TokenRefused):
        tokens.rotate(second.refresh, now=NOW)
    assert TokenSession.objects.get().revoke_reason == "reused"


@pytest.mark.parametrize("raw", ["", "nonsense", "a.b.c"])
def test_what_is_no_token_is_refused(raw: str) -> None:
    with pytest.raises(TokenRefused):
        tokens.verify(raw, now=NOW)
    with pytest.raises(TokenRefused):
        tokens.rotate(raw, now=NOW)
    tokens.revoke(raw, now=NOW)


def test_an_access_token_lives_fifteen_minutes() -> None:
    old = tokens.open_session(UserFactory(), now=NOW - timedelta(minutes=16))

    with pytest.raises(TokenRefused):
        tokens.verify(old.access, now=NOW)


def test_a_refresh_token_is_no_access_token_and_the_other_way_round() -> None:
    pair = tokens.open_session(UserFactory(), now=NOW)

    with pytest.raises(TokenRefused):
        tokens.verify(pair.refresh, now=NOW)
    with pytest.raises(TokenRefused):
        tokens.rotate(pair.access, now=NOW)


def test_a_session_ends_a_week_after_its_last_refresh() -> None:
    pair = tokens.open_session(UserFactory(), now=NOW)

    assert pair.session.expires_at == NOW + timedelta(days=7)
    with pytest.raises(TokenRefused):
        tokens.rotate(pair.refresh, now=NOW + timedelta(days=7))


@pytest.mark.parametrize("which", ["access", "refresh"])
def test_revoking_by_either_token_ends_the_session_at_once(which: str) -> None:
    pair = tokens.open_session(UserFactory(), now=NOW)

    tokens.revoke(getattr(pair, which), now=NOW)

    with pytest.raises(TokenRefused):
        tokens.verify(pair.access, now=NOW)
    assert TokenSession.objects.get().revoke_reason == "logged_out"


def test_revoking_everything_leaves_other_users_alone() -> None:
    mine, other = UserFactory(), UserFactory()
    pairs = [tokens.open_session(mine, now=NOW) for _ in range(2)]
    kept = tokens.open_session(other, now=NOW)

    assert tokens.revoke_all(mine, now=NOW, reason="test") == 2

    for pair in pairs:
        with pytest.raises(TokenRefused):
            tokens.verify(pair.access, now=NOW)
    assert tokens.verify(kept.access, now=NOW)


def test_a_closed_account_is_out_with_the_next_request() -> None:
    user = UserFactory()
    pair = tokens.open_session(user, now=NOW)

    type(user).objects.update(is_active=False)

    with pytest.raises(TokenRefused):
        tokens.verify(pair.access, now=NOW)
    with pytest.raises(TokenRefused):
        tokens.rotate(pair.refresh, now=NOW)


def test_a_password_changed_by_any_path_ends_the_tokens() -> None:
    user = UserFactory()
    pair = tokens.open_session(user, now=NOW)

    user.set_password("another good one")
    user.save()

    with pytest.raises(TokenRefused):
        tokens.verify(pair.access, now=NOW)
    with pytest.raises(TokenRefused):
        tokens.rotate(pair.refresh, now=NOW)


def test_user_and_permissions_come_in_one_query(django_assert_num_queries: Any) -> None:
    pair = tokens.open_session(UserFactory(role="agent"), now=NOW)

    with django_assert_num_queries(1):
        user = tokens.verify(pair.access, now=NOW).user
        assert user.has_perm("contracts.book_contract")
        assert not user.has_perm("accounts.add_user")


def test_permissions_read_with_the_token_are_those_that_django_reads() -> None:
    for role in ROLES:
        user = UserFactory(role=role)
        pair = tokens.open_session(user, now=NOW)
        assert tokens.verify(pair.access, now=NOW).user.get_all_permissions() == user.get_all_permissions()


@pytest.mark.django_db(transaction=True)
def test_of_two_refreshes_at_once_at_most_one_wins() -> None:
    pair = tokens.open_session(UserFactory(), now=NOW)

    def attempt(_number: int) -> str:
        try:
            tokens.rotate(pair.refresh, now=NOW)
        except TokenRefused as error:
            return error.code
        finally:
            connections.close_all()
        return "won"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))

    assert outcomes.count("won") == 1
    assert "token_reused" in outcomes
