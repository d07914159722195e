"""Licence plates: how two of them are compared."""

import re


def plate_key(plate: str) -> str:
    """Return the plate as it is compared: upper case, without spaces, dashes and dots."""
    return re.sub(r"[\s\-·.]", "", plate).upper()
