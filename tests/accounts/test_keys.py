"""API keys: shown once, found by prefix, proved by digest, stopped at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import keys
from accounts.errors import KeyRefused
from accounts.models import ApiKey
from tests.factories.accounts import ApiKeyFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_a_key_works_and_only_its_digest_is_kept() -> None:
    issued = ApiKeyFactory.issued()

    assert issued.plain.startswith(f"fd_live_{issued.key.prefix}_")
    assert keys.verify(issued.plain, now=NOW) == issued.key
    secret = issued.plain.rpartition("_")[2]
    assert secret not in str(ApiKey.objects.values().get())


@pytest.mark.parametrize(
    "change", [lambda plain: plain[:-1], lambda plain: plain + "0", lambda plain: plain[:-1] + "x", str.upper]
)
def test_a_key_that_is_not_exactly_right_is_refused(change: Any) -> None:
    issued = ApiKeyFactory.issued()

    with pytest.raises(KeyRefused):
        keys.verify(change(issued.plain), now=NOW)


@pytest.mark.parametrize(
    "plain", ["", "fd_live_", "fd_live__", "fd_live_x_y", "fd_live_\x00_y", "nonsense", "fd_live_%_y"]
)
def test_what_is_no_key_is_refused(plain: str) -> None:
    with pytest.raises(KeyRefused):
        keys.verify(plain, now=NOW)


def test_a_revoked_key_stops_at_once_and_may_be_revoked_again() -> None:
    issued = ApiKeyFactory.issued()

    revoked = keys.revoke(issued.key.pk, by=None, now=NOW)

    assert keys.revoke(issued.key.pk, by=None, now=NOW + timedelta(days=1)).revoked_at == revoked.revoked_at
    with pytest.raises(KeyRefused):
        keys.verify(issued.plain, now=NOW)


def test_a_key_past_its_date_is_refused() -> None:
    issued = ApiKeyFactory.issued(expires_at=NOW + timedelta(days=1))

    assert keys.verify(issued.plain, now=NOW)
    with pytest.raises(KeyRefused):
        keys.verify(issued.plain, now=NOW + timedelta(days=1))


def test_a_key_of_a_closed_account_is_refused() -> None:
    issued = ApiKeyFactory.issued(UserFactory(is_active=False))

    with pytest.raises(KeyRefused):
        keys.verify(issued.plain, now=NOW)


def test_last_use_is_noted_once_a_minute_and_changes_no_version() -> None:
    issued = ApiKeyFactory.issued()

    for seconds in (0, 30, 59):
        keys.verify(issued.plain, now=NOW + timedelta(seconds=seconds))
    assert ApiKey.objects.get().last_used_at == NOW

    keys.verify(issued.plain, now=NOW + timedelta(seconds=60))
    key = ApiKey.objects.get()
    assert (key.last_used_at, key.version) == (NOW + timedelta(seconds=60), 1)


def test_key_user_and_permissions_come_in_one_query(django_assert_num_queries: Any) -> None:
    issued = ApiKeyFactory.issued()
    keys.verify(issued.plain, now=NOW)

    with django_assert_num_queries(1):
        assert keys.verify(issued.plain, now=NOW).user.has_perm("contracts.book_contract")
