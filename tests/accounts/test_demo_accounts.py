"""The demo's log-ins exist in the demo only, and running the command again disturbs nobody."""

from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils.timezone import now
from pytest_django import Settings

from accounts import keys
from accounts.demo import PASSWORD
from accounts.models import User
from accounts.roles import ROLES, STAFF_ROLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: Settings) -> None:
    settings.ENVIRONMENT = "demo"


def test_outside_the_demo_it_refuses() -> None:
    with pytest.raises(CommandError, match="demo only"):
        call_command("demo_accounts")
    assert not User.objects.exists()


@pytest.mark.usefixtures("demo")
def test_there_is_a_log_in_for_every_role_with_that_role_alone() -> None:
    call_command("demo_accounts")
    assert {user.username: user.role_names for user in User.objects.all()} == {role: [role] for role in ROLES}
    assert all(authenticate(username=role, password=PASSWORD) for role in STAFF_ROLES)


@pytest.mark.usefixtures("demo")
def test_the_integrator_has_a_key_and_no_password(tmp_path: Path) -> None:
    call_command("demo_accounts", key_file=tmp_path / "key")
    assert keys.verify((tmp_path / "key").read_text(), now=now()).user.username == "integrator"
    assert not User.objects.get(username="integrator").has_usable_password()


@pytest.mark.usefixtures("demo")
def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    call_command("demo_accounts", key_file=tmp_path / "key")
    before = list(User.objects.values_list("version", "password")), (tmp_path / "key").read_text()
    call_command("demo_accounts", key_file=tmp_path / "key")
    assert (list(User.objects.values_list("version", "password")), (tmp_path / "key").read_text()) == before


@pytest.mark.usefixtures("demo")
def test_a_dry_run_leaves_neither_users_nor_a_key(tmp_path: Path) -> None:
    call_command("demo_accounts", key_file=tmp_path / "key", dry_run=True)
    assert not User.objects.exists()
    assert not (tmp_path / "key").exists()


@pytest.mark.usefixtures("demo")
def test_a_key_of_another_database_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("fd_live_0123456789ab_" + "0" * 64)
    call_command("demo_accounts", key_file=tmp_path / "key")
    assert keys.verify((tmp_path / "key").read_text(), now=now())
