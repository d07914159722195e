"""What a credential needs to know about its user, in the query that finds the credential."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.contrib.auth.models import Group, Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from fleet import cache, witness
from fleet.bounded import Bounded
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
        row = self._row(**given)
        if row is None:
            return None
        *columns, allowed, held = row
        here = len(self._own)
        credential: Any = instance(self._model, self._own, columns[:here])
        credential.user = instance(self._user, self._of_user, columns[here:])
        credential.granted, credential.roles = allowed, held
        return credential

    def _row(self, *, now: datetime, **given: Any) -> Sequence[Any] | None:
        """Return the credential's row; the one that was read before while nothing has been written to its tables."""
        watcher = witness.current()
        if watcher is None or watcher.states is None:
            return next(iter(self._rows(now=now, **given)), None)
        fields = (cache.EPOCH, *sorted(self._rows.tables))
        states = tuple(watcher.states.get(name.encode()) for name in fields)
        key = (self._model, *given.values())
        rows = _memory.rows  # of this moment: what is read while Redis is lost goes with what was lost
        known = rows.get(key)
        if known is None or known.states != states or known.until <= now:
            found = self._rows(now=now, **given)
            if not found:
                return None
            expires = found[0][self._own.index("expires_at")]
            until = now + cache.LONGEST if expires is None else min(expires, now + cache.LONGEST)
            known = rows[key] = _Known(found[0], states, until)
        watcher.tables |= self._rows.tables
        witness.until(known.until)
        return known.row


class _Known(NamedTuple):
    """A credential's row, the states of its tables from before it was read, and until when it may be used."""

    row: Sequence[Any]
    states: tuple[bytes | None, ...]
    until: datetime


class _Memory:
    """The credentials that this process knows."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.rows: Bounded[tuple[Any, ...], _Known] = Bounded(4096)


_memory: Final = _Memory()
cache.when_lost(_memory.forget)


def known_roles(user: Any) -> frozenset[str]:
    """Return the user's roles; asks the database once, and not at all behind a credential."""
    known: frozenset[str] | None = getattr(user, "_roles", None)
    if known is None:
        known = user._roles = frozenset(user.groups.values_list("name", flat=True))
    return known


def has_role(user: Any, role: str) -> bool:
    return role in known_roles(user)
