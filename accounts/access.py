"""What a credential needs to know about its user, in the query that finds the credential."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from fleet.db.ready import Ready, instance

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
    holder.allowed = frozenset({*holder._perm_cache, *roles})  # who shares it sees the same rows, or those of his own


class Credentials[C: Model]:
    """Finds one credential with its user and what that one may, in one query whose SQL is made once."""

    def __init__(self, model: type[C], find: Callable[..., QuerySet[C]], **gaps: type) -> None:
        field: Any = model._meta.get_field("user")
        self._model, self._user = model, field.related_model
        self._own = [field.attname for field in model._meta.concrete_fields]
        self._of_user = [field.attname for field in self._user._meta.concrete_fields]
        columns = (*self._own, *(f"user__{name}" for name in self._of_user), "granted", "roles")
        self._rows = Ready(lambda **given: find(**given).values_list(*columns), **gaps)

    def one(self, **given: Any) -> Any:
        """Return the credential with `granted` and `roles`, or None."""
        found = self._rows(**given)
        if not found:
            return None
        *columns, allowed, held = found[0]
        here = len(self._own)
        credential: Any = instance(self._model, self._own, columns[:here])
        credential.user = instance(self._user, self._of_user, columns[here:])
        credential.granted, credential.roles = allowed, held
        return credential


def known_roles(user: Any) -> frozenset[str]:
    """Return the user's roles; asks the database once, and not at all behind a credential."""
    known: frozenset[str] | None = getattr(user, "_roles", None)
    if known is None:
        known = user._roles = frozenset(user.groups.values_list("name", flat=True))
    return known


def has_role(user: Any, role: str) -> bool:
    return role in known_roles(user)
