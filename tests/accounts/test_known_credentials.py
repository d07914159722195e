"""A credential is looked up once while nothing has been written to any table that says what it may do."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import access, tokens
from accounts.errors import TokenRefused
from accounts.models import TokenSession
from fleet import cache
from fleet.bounded import Bounded
from fleet.witness import Witness, watching
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
STATES = {b"epoch": b"e", b"accounts_user": b"1", b"accounts_tokensession": b"1"}


@pytest.fixture(autouse=True)
def nobody_known() -> None:
    cache.lost()


@pytest.fixture
def token() -> str:
    return tokens.open_session(UserFactory(role="manager"), now=timezone.now()).access


def verified(token: str, states: dict[bytes, bytes] | None, **later: Any) -> Witness:
    witness = Witness(states=states)
    with watching(witness):
        assert tokens.verify(token, now=timezone.now() + timedelta(**later)).user.has_perm("cars.view_car")
    return witness


def test_it_is_looked_up_once_and_its_tables_are_witnessed_every_time(
    token: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        first, second = verified(token, STATES), verified(token, dict(STATES))
    assert first.tables == second.tables >= {"accounts_user", "accounts_tokensession", "auth_group"}
    assert first.until is not None
    assert second.until == first.until


@pytest.mark.parametrize("table", [b"epoch", b"accounts_user", b"accounts_tokensession", b"auth_group_permissions"])
def test_a_write_to_any_of_its_tables_makes_it_be_looked_up(
    token: str, table: bytes, django_assert_num_queries: Any
) -> None:
    verified(token, STATES)
    with django_assert_num_queries(1):
        verified(token, STATES | {table: b"2"})


def test_it_is_looked_up_where_states_are_unknown_after_a_while_and_when_redis_was_away(
    token: str, django_assert_num_queries: Any
) -> None:
    verified(token, STATES)
    with django_assert_num_queries(3):
        verified(token, None)
        verified(token, STATES, seconds=6)
        cache.lost()
        verified(token, STATES)


def test_one_that_expires_is_not_known_beyond_its_moment(token: str) -> None:
    soon = timezone.now() + timedelta(seconds=2)
    TokenSession.objects.update(expires_at=soon)
    verified(token, STATES)
    with pytest.raises(TokenRefused), watching(Witness(states=STATES)):
        tokens.verify(token, now=soon)


def test_few_are_remembered_at_a_time(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access._memory, "rows", Bounded(1))
    verified(token, STATES)
    verified(tokens.open_session(UserFactory(role="manager"), now=timezone.now()).access, STATES)
    assert len(access._memory.rows) == 1
