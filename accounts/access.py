"""What a credential needs to know about its user, in the query that finds the credential."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Value
from django.db.models.functions import Concat

if TYPE_CHECKING:
    from accounts.models import User


def granted(user: str) -> ArraySubquery:
    """Return the permissions ("app.codename") of the user that the column `user` points to.

    Rights come from roles only, so the permissions of single users are not read.
    """
    permissions = Permission.objects.filter(group__user=OuterRef(user)).order_by()
    return ArraySubquery(permissions.values(full_name=Concat("content_type__app_label", Value("."), "codename")))


def roles(user: str) -> ArraySubquery:
    """Return the roles of the user that the column `user` points to."""
    return ArraySubquery(Group.objects.filter(user=OuterRef(user)).order_by().values("name"))


def remember(user: "User", names: Iterable[str], roles: list[str]) -> None:
    """Put the permissions where Django's ModelBackend keeps its own answer, so that has_perm asks no more."""
    holder: Any = user
    holder._perm_cache = set(names)
    holder._roles = frozenset(roles)


def known_roles(user: Any) -> frozenset[str]:
    """Return the user's roles; asks the database once, and not at all behind a credential."""
    known: frozenset[str] | None = getattr(user, "_roles", None)
    if known is None:
        known = user._roles = frozenset(user.groups.values_list("name", flat=True))
    return known


def has_role(user: Any, role: str) -> bool:
    return role in known_roles(user)
