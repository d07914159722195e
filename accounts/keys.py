"""API keys: `fd_live_<prefix>_<secret>`. The prefix finds the row, the digest proves the secret."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from accounts import access
from accounts.errors import KeyRefused
from accounts.models import ApiKey, User
from fleet.actor import verb

BEGINNING: Final = "fd_live_"
_TOUCH_EVERY: Final = timedelta(minutes=1)
_NOBODY: Final = "0" * 64  # compared when there is no such prefix, so that both answers take as long


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
    expires_at: datetime | None = None,
    **fields: Any,
) -> Issued:
    """Make a key that acts as `user`."""
    prefix, secret = secrets.token_hex(6), secrets.token_hex(32)
    plain = f"{BEGINNING}{prefix}_{secret}"
    key = ApiKey(name=name, user=user, prefix=prefix, digest=_digest(plain), read_only=read_only, expires_at=expires_at)
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


def verify(plain: str, *, now: datetime) -> ApiKey:
    """Return the usable key, its user and permissions with it, in one query. Raises KeyRefused."""
    prefix = plain.removeprefix(BEGINNING).partition("_")[0]
    key = ApiKey.objects.usable(now).with_access().filter(prefix=prefix).first() if prefix.isalnum() else None
    if not hmac.compare_digest(_digest(plain), key.digest if key else _NOBODY) or key is None:
        raise KeyRefused
    access.remember(key.user, key.granted, key.roles)  # type: ignore[attr-defined]
    _touch(key, now)
    return key


def _touch(key: ApiKey, now: datetime) -> None:
    """Note the use, at most once a minute and past the audit trail."""
    if key.last_used_at is None or now - key.last_used_at >= _TOUCH_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - _TOUCH_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
