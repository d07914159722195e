"""People: who is there, what role they have, and that one administrator always remains."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from accounts import lockout, sessions
from accounts.errors import LastAdmin, OwnAccount
from accounts.models import User
from accounts.roles import ROLES, STAFF_ROLES
from fleet import trail
from fleet.actor import verb
from fleet.errors import Invalid

ADMIN = "admin"


@verb
def add(
    username: str, *, by: User | None, roles: Collection[str] = (), password: str | None = None, **fields: Any
) -> User:
    """Create a user with these roles; without a password nobody can log in as him."""
    groups = _groups(roles)
    user = User(username=User.normalize_username(username), is_staff=_is_staff(roles), **fields)
    if password is None:
        user.set_unusable_password()
    else:
        _check_password(password, user)
        user.set_password(password)
    user.clean_fields(exclude=["created_by"])
    user.save()
    user.groups.set(groups)
    return user


@verb
def change(pk: UUID, *, by: User, roles: Collection[str] | None = None, **fields: Any) -> User:
    """Change a user's details and, with `roles`, all of his roles. Raises OwnAccount and LastAdmin."""
    user: User = User.objects.lock(pk)
    for name, value in fields.items():
        setattr(user, name, value)
    user.clean_fields(exclude=[field.name for field in User._meta.fields if field.name not in fields])
    if roles is not None:
        _give_roles(user, roles, by)
    user.save()
    return user


@verb
def deactivate(pk: UUID, *, by: User, now: datetime) -> User:
    """Close the account: sessions end, keys stop, history stays. Raises OwnAccount and LastAdmin."""
    user: User = User.objects.lock(pk)
    if user.pk == by.pk:
        raise OwnAccount
    _keep_an_admin(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end_all(user, now=now, reason="deactivated")
    return user


@verb
def activate(pk: UUID, *, by: User) -> User:
    user: User = User.objects.lock(pk)
    user.is_active = True
    user.save(update_fields=["is_active"])
    return user


@verb
def remove(pk: UUID, *, by: User) -> None:
    """Delete a user who has done nothing yet; with history PostgreSQL and PROTECT refuse."""
    user: User = User.objects.lock(pk)
    if user.pk == by.pk:
        raise OwnAccount
    _keep_an_admin(user)
    user.delete()


@verb
def set_password(user: User, new: str, *, by: User | None, now: datetime) -> None:
    """Set a password that passes the rules; ends all log-ins of the user and any lock. Raises Invalid."""
    _check_password(new, user, field="new_password")
    user.set_password(new)
    user.save(update_fields=["password"])
    trail.record("password_changed", user)
    sessions.end_all(user, now=now, reason="password_changed")
    lockout.clear(user.username)


def _give_roles(user: User, roles: Collection[str], by: User) -> None:
    groups = _groups(roles)
    if set(roles) == set(user.role_names):
        return
    if user.pk == by.pk:
        raise OwnAccount
    if ADMIN not in roles:
        _keep_an_admin(user)
    user.is_staff = _is_staff(roles)
    user.groups.set(groups)


def _keep_an_admin(leaving: User) -> None:
    """Raise LastAdmin if nobody would be left; the lock makes two administrators who remove each other queue up."""
    Group.objects.select_for_update().get(name=ADMIN)
    admins = User.objects.active().in_role(ADMIN)
    if admins.filter(pk=leaving.pk).exists() and not admins.exclude(pk=leaving.pk).exists():
        raise LastAdmin


def _groups(roles: Collection[str]) -> list[Group]:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise Invalid(
            code="unknown_role",
            roles=gettext("There is no role %(role)s; known: %(known)s.")
            % {"role": f"{unknown[0]!r}", "known": ", ".join(ROLES)},
        )
    return list(Group.objects.filter(name__in=roles))


def _is_staff(roles: Collection[str]) -> bool:
    """Integrators are programs: they do not log into the admin."""
    return bool(set(roles) & set(STAFF_ROLES))


def _check_password(password: str, user: User, field: str = "password") -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(code="password_weak", **{field: " ".join(error.messages)}) from error
