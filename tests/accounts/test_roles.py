"""Roles are data: every migration brings the groups in line with accounts/roles.py."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts import access, role_sync
from accounts.roles import PERMISSIONS, ROLES, STAFF_ROLES
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def granted(role: str) -> set[str]:
    permissions = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in permissions}


def test_every_permission_that_a_role_names_exists() -> None:
    assert role_sync.unknown() == []


@pytest.mark.parametrize("role", ROLES)
def test_a_migrated_database_has_every_role_with_exactly_its_permissions(role: str) -> None:
    assert granted(role) == PERMISSIONS[role]


def test_a_second_run_changes_nothing(django_assert_num_queries: object) -> None:
    before = {role: granted(role) for role in ROLES}

    role_sync.sync()

    assert {role: granted(role) for role in ROLES} == before


def test_what_was_added_or_taken_by_hand_is_put_right_by_the_next_migration() -> None:
    viewer = Group.objects.get(name="viewer")
    viewer.permissions.set([Permission.objects.get(codename="add_user")])

    call_command("migrate", verbosity=0)

    assert granted("viewer") == PERMISSIONS["viewer"]


def test_only_administrators_touch_users_and_keys() -> None:
    for role in ROLES:
        touching = {name for name in PERMISSIONS[role] if name.startswith("accounts.")}
        assert bool(touching) == (role == "admin")


def test_everyone_but_programs_may_open_the_admin() -> None:
    assert set(ROLES) - set(STAFF_ROLES) == {"integrator"}
    assert not UserFactory(role="integrator").is_staff


@pytest.mark.parametrize(
    ("fields", "named", "another"),
    [({}, True, False), ({"is_active": False}, False, False), ({"is_superuser": True}, True, True)],
)
def test_what_came_with_the_credential_is_what_one_may(fields: dict[str, bool], named: bool, another: bool) -> None:
    user = UserFactory(**fields)
    access.remember(user, ["cars.view_car"], [])

    assert [user.has_perm(name) for name in ("cars.view_car", "cars.add_car")] == [named, another]
    assert user.has_perm("cars.view_car", obj=user) is bool(fields.get("is_superuser"))
