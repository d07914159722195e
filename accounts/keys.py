"""API keys: `fd_live_<prefix>_<secret>`. The prefix finds the row, the digest proves the secret."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from accounts import access, refusals
from accounts.errors import KeyOver, KeyRefused
from accounts.models import ApiKey, User
from fleet import witness
from fleet.actor import verb

BEGINNING: Final = "fd_live_"
OVERLAP: Final = timedelta(hours=24)
_TOUCH_EVERY: Final = timedelta(minutes=1)
_NOBODY: Final = "0" * 64  # compared when there is no such prefix, so that both answers take as long

_KEYS: Final = access.Credentials(
    ApiKey,
    lambda prefix, now: ApiKey.objects.usable(now).with_access().filter(prefix=prefix),
    prefix=str,
    now=datetime,
)


@dataclass(frozen=True)
class Issued:
    """A new key. `plain` exists only here: show it once."""

    key: ApiKey
    plain: str


@verb
def issue(
    name: str,
    *,
    user: User,
    by: User | None,
    read_only: bool = False,
    **fields: Any,
) -> Issued:
    """Make a key that acts as `user`, as far as its scopes go and from its addresses only."""
    prefix, secret = secrets.token_hex(6), secrets.token_hex(32)
    plain = f"{BEGINNING}{prefix}_{secret}"
    key = ApiKey(name=name, user=user, prefix=prefix, digest=_digest(plain), read_only=read_only, **fields)
    key.clean_fields(exclude=["user", "created_by"])
    key.save()
    return Issued(key, plain)


@verb
def revoke(pk: UUID, *, by: User | None, now: datetime) -> ApiKey:
    """Make the key useless from the next request on; doing it again changes nothing."""
    key = ApiKey.objects.lock(pk)
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
    return key


@verb
def roll(pk: UUID, *, by: User | None, now: datetime, overlap: timedelta = OVERLAP) -> Issued:
    """Issue the key's successor; the old one works so much longer, while programs change over. Raises KeyOver."""
    old: ApiKey = ApiKey.objects.lock(pk)
    if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
        raise KeyOver
    same = {name: getattr(old, name) for name in ("read_only", "scopes", "addresses", "expires_at")}
    issued = issue(old.name, user=old.user, by=by, **same)
    old.expires_at = min(old.expires_at or now + overlap, now + overlap)
    old.save(update_fields=["expires_at"])
    return issued


def verify(plain: str, *, now: datetime, address: str | None = None) -> ApiKey:
    """Return the usable key, its user and permissions with it, in one query. Raises KeyRefused."""
    prefix = plain.removeprefix(BEGINNING).partition("_")[0]
    try:
        return _verified(plain, prefix, now=now, address=address)
    except KeyRefused:
        refusals.note_key(prefix)
        raise


def _verified(plain: str, prefix: str, *, now: datetime, address: str | None) -> ApiKey:
    key: Any = _KEYS.one(prefix=prefix, now=now) if prefix.isalnum() else None
    if not hmac.compare_digest(_digest(plain), key.digest if key else _NOBODY) or key is None:
        raise KeyRefused
    if not key.may_come_from(address):
        raise KeyRefused
    granted = set(key.granted)
    access.remember(key.user, granted.intersection(key.scopes) if key.scopes else granted, key.roles)
    witness.until(key.expires_at)
    _touch(key, now)
    return key  # type: ignore[no-any-return]


def _touch(key: ApiKey, now: datetime) -> None:
    """Note the use, at most once a minute and past the audit trail."""
    if key.last_used_at is None or now - key.last_used_at >= _TOUCH_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - _TOUCH_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
