"""A name that every file system and every header can carry."""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

from files.kinds import Kind

LONGEST: Final = 100
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|%;\x00-\x1f\x7f]')


def safe(name: str, kind: Kind) -> str:
    """Return the last part of the name with letters of any script, and the ending of what the file really is."""
    last = PurePosixPath(name.replace("\\", "/")).name
    # Categories C: control, format (marks that turn the reading direction), surrogates, unassigned.
    shown = "".join(one for one in unicodedata.normalize("NFC", last) if unicodedata.category(one)[0] != "C")
    stem = _UNSAFE.sub("_", shown.rsplit(".", 1)[0]).strip(" ._")[:LONGEST]
    return f"{stem.rstrip(' .') or 'file'}.{kind.extension}"
