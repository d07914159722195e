"""Keys that were refused, on record without what was sent: anybody may knock, and may paste a secret."""

from typing import Final

from django.core.cache import caches

from accounts.models import ApiKey
from fleet import trail
from fleet.actor import current

_SHOWN: Final = 2  # characters of a prefix that nobody has
_QUIET: Final = 60  # seconds in which the same from the same address is written once


def note_key(prefix: str) -> None:
    """Write it about the key, where one has this prefix."""
    if not caches["ratelimit"].add(f"key_refused:{current().address}:{prefix[:12]!r}", 1, _QUIET):
        return
    key = ApiKey.objects.filter(prefix=prefix).first() if prefix.isalnum() else None
    if key is not None:
        trail.record("key_refused", key)
    else:
        trail.record("key_refused", prefix=f"{prefix[:_SHOWN]}•••".replace("\x00", ""))
