"""Log-ins by token: one use per refresh token, revoked at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import tokens
from accounts.errors import LoginRefused, TokenRefused, TokenReused
from accounts.models import TokenSession
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
