"""Log-ins of one person, by browser and by token: to see and to end. Also Django's SESSION_ENGINE."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction
from django.utils.dateparse import parse_datetime

from accounts import programs, tokens
from accounts.models import BrowserSession, TokenSession, User
from fleet import trail
from fleet.errors import NotFound

_LOGIN: Final = "fleet_login"  # in a browser's session: since when, from where, with what


class SessionStore(DatabaseStore):
    """Django's sessions in the database, with what is needed to list them in columns."""

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        row: Any = super().create_model_instance(data)
        known = data.get(_LOGIN, {})
        row.user_id = UUID(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.address, row.program = known.get("address"), known.get("program", "")
        row.since = parse_datetime(known["since"]) if known else None
        return cast("BrowserSession", row)


@dataclass(frozen=True)
class LogIn:
    """One log-in. `id` does not open it: a browser's is a digest of its key."""

    id: UUID
    kind: str  # browser | token
    address: str | None
    program: str
    since: datetime | None
    last_used_at: datetime | None
    expires_at: datetime
    current: bool

    @property
    def told(self) -> str:
        return programs.told(self.program)


def note(session: Any, *, now: datetime, address: str | None, program: str) -> None:
    """Write into a browser's session what its owner will want to know of it."""
    session[_LOGIN] = {"since": now.isoformat(), "address": address, "program": program.replace("\x00", "")[:200]}


def alive(user: User, *, now: datetime, current: Any = None) -> list[LogIn]:
    """Return the user's log-ins, the newest first; `current` is the key of a browser or the row of a token."""
    browsers = [
        LogIn(
            public_id(row.session_key), "browser", row.address, row.program, row.since, None, row.expire_date,
            row.session_key == current,
        )
        for row in _browsers(user).filter(expire_date__gt=now)
    ]  # fmt: skip
    programs = [
        LogIn(
            row.pk, "token", row.address, row.user_agent, row.created_at, row.last_used_at, row.expires_at,
            row == current,
        )
        for row in TokenSession.objects.alive(now).filter(user=user)
    ]  # fmt: skip
    return sorted([*browsers, *programs], key=lambda one: (one.since is None, one.since), reverse=True)


def end(user: User, which: UUID, *, now: datetime) -> None:
    """End one of the user's own log-ins. Raises NotFound."""
    if TokenSession.objects.filter(user=user, pk=which, revoked_at__isnull=True).exists():
        tokens.end(which, now=now, reason="ended_by_user")
        return
    keys = [row.session_key for row in _browsers(user) if public_id(row.session_key) == which]
    if not keys:
        raise NotFound
    _browsers(user).filter(session_key__in=keys).delete()
    trail.record("session_ended", user)


def end_all(user: User, *, now: datetime, reason: str, current: Any = None) -> int:
    """End all log-ins of the user but the current one; returns how many."""
    with transaction.atomic():
        kept = current.pk if isinstance(current, TokenSession) else None
        ended = tokens.revoke_all(user, now=now, reason=reason, kept=kept)
        browsers = _browsers(user).exclude(session_key=current if isinstance(current, str) else "")
        ended += int(browsers.delete()[0])
        if ended:
            trail.record("sessions_ended", user, why=reason, sessions=ended)
    return ended


def public_id(key: str) -> UUID:
    return UUID(bytes=hashlib.sha256(key.encode()).digest()[:16])


def _browsers(user: User) -> Any:
    return BrowserSession.objects.filter(user=user)
