"""user_add and api_key: data on standard output, the rest on standard error, exit codes by the house rules."""

import io
import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import keys
from accounts.errors import KeyRefused
from accounts.models import ApiKey, User
from tests.factories.accounts import ApiKeyFactory, UserFactory

pytestmark = pytest.mark.django_db


def ran(*arguments: str, typed: str = "") -> str:
    """Return what the command wrote to standard output."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(typed))
        call_command(*arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue().strip()


def test_a_user_is_added_with_a_password_from_standard_input() -> None:
    pk = ran("user_add", "amra", "--role", "agent", "--password-stdin", typed="correct horse battery\n")

    user = User.objects.get(pk=pk)
    assert (user.username, user.role_names) == ("amra", ["agent"])
    assert user.check_password("correct horse battery")


def test_a_user_may_be_added_without_a_password() -> None:
    ran("user_add", "amra", "--role", "agent", "--role", "mechanic", "--no-password", "--email", "a@fleet.test")

    assert not User.objects.get(email="a@fleet.test").has_usable_password()


def test_without_a_terminal_the_password_must_be_told_otherwise() -> None:
    with pytest.raises(CommandError, match="--password-stdin"):
        ran("user_add", "amra", "--role", "agent")


def test_a_weak_password_fails_and_nothing_is_written() -> None:
    with pytest.raises(CommandError, match="too short"):
        ran("user_add", "amra", "--role", "agent", "--password-stdin", typed="short\n")

    assert not User.objects.exists()


def test_an_unknown_role_is_wrong_usage() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        ran("user_add", "amra", "--role", "king", "--no-password")


@pytest.mark.parametrize("name", ["amra", "AMRA"])
def test_a_name_that_is_taken_is_said(name: str) -> None:
    UserFactory(username="amra")

    with pytest.raises(CommandError, match="already"):
        ran("user_add", name, "--role", "agent", "--no-password")


def test_a_dry_run_adds_nobody() -> None:
    ran("user_add", "amra", "--role", "agent", "--no-password", "--dry-run")

    assert not User.objects.exists()


def test_a_created_key_is_printed_alone_and_works() -> None:
    UserFactory(username="shop", role="integrator")

    plain = ran("api_key", "create", "Booking site", "--user", "SHOP", "--read-only", "--days", "30")

    key = keys.verify(plain, now=timezone.now())
    assert (key.name, key.user.username, key.read_only) == ("Booking site", "shop", True)
    assert key.expires_at is not None


def test_keys_are_listed_without_their_secret() -> None:
    issued = ApiKeyFactory.issued()

    listed = ran("api_key", "list")

    assert issued.key.prefix in listed
    assert not re.search(r"[0-9a-f]{64}", listed)


def test_a_key_is_revoked_by_prefix_once() -> None:
    issued = ApiKeyFactory.issued()

    first = json.loads(ran("api_key", "--json", "revoke", issued.key.prefix))
    second = json.loads(ran("api_key", "--json", "revoke", issued.plain))

    assert (first["counts"], second["counts"]) == ({"keys": 1}, {"keys": 0})
    with pytest.raises(KeyRefused):
        keys.verify(issued.plain, now=timezone.now())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create", "X", "--user", "nobody"), "no user 'nobody'"),
        (("revoke", "000000000000"), "no key '000000000000'"),
        (("create", "X", "--user", "boss", "--days", "0"), "at least 1"),
    ],
)
def test_what_is_not_there_is_said(arguments: tuple[str, ...], sentence: str) -> None:
    UserFactory(username="boss")

    with pytest.raises(CommandError, match=sentence):
        ran("api_key", *arguments)

    assert not ApiKey.objects.exists()
