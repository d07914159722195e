"""Personal data as shown to those who may not see it, and as kept in the audit trail."""

from typing import Final

HIDDEN: Final = "•••"
_SHOWN = 4  # characters at the end, as on a receipt
_LONG = 8  # shorter numbers would be half told by four


def masked(value: object) -> str:
    """Return enough to recognise a value one already knows: `•••1234`, `a•••@example.com`."""
    text = str(value or "")
    if not text:
        return ""
    if "@" in text:
        name, _, domain = text.rpartition("@")
        return f"{name[:1]}{HIDDEN}@{domain}"
    return HIDDEN + (text[-_SHOWN:] if len(text) >= _LONG else text[-1:])


def hidden(value: object) -> str:
    """Return that there is something, and nothing of it."""
    return HIDDEN if value else ""
