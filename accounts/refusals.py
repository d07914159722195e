"""Keys that were refused, on record without what was sent: anybody may knock, and may paste a secret."""

from typing import Final

from accounts.models import ApiKey
from fleet import counters, trail
from fleet.actor import current

_SHOWN: Final = 2  # characters of a prefix that nobody has
_QUIET: Final = 60  # seconds in which the same from the same address is written once


def note_key(prefix: str) -> None:
    """Write it about the key, where one has this prefix."""
    mark = f"key_refused:{current().address}:{prefix[:12]!r}"
    answers = counters.ask((("SET", mark, 1, "NX", "EX", _QUIET),))
    if not answers or not answers[0]:  # written a moment ago, or nobody knows
        return
    key = ApiKey.objects.filter(prefix=prefix).first() if prefix.isalnum() else None
    if key is not None:
        trail.record("key_refused", key)
    else:
        trail.record("key_refused", prefix=f"{prefix[:_SHOWN]}•••".replace("\x00", ""))
