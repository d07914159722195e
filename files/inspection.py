"""What the bytes are. Names and types that a client gives are not looked at."""

from dataclasses import dataclass

import puremagic
from django.utils.translation import gettext

from files import images, office, pdf
from files.errors import Refused, TooLarge
from files.kinds import JPEG, PDF, PNG, WEBP, Kind
from fleet.uploads import MOST_BYTES


@dataclass(frozen=True)
class Inspected:
    """What is kept: pictures are drawn anew, so `content` may differ from what came."""

    kind: Kind
    content: bytes
    preview: bytes = b""


def inspect(content: bytes) -> Inspected:
    """Return what may be kept. Raises Refused and TooLarge."""
    if len(content) > MOST_BYTES:
        raise TooLarge
    if not content:
        raise Refused(gettext("The file is empty."))
    picture = _picture(content)
    if picture:
        return Inspected(picture, *images.redrawn(content, picture))
    if content.startswith(b"%PDF-"):
        pdf.require_harmless(content)
        return Inspected(PDF, content)
    if content.startswith(b"PK\x03\x04"):
        return Inspected(office.kind_of(content), content)
    raise Refused(
        gettext("%(what)s is not kept here: use JPEG, PNG, WebP, PDF, Word, Excel or OpenDocument.")
        % {"what": _guessed(content)}
    )


def _picture(content: bytes) -> Kind | None:
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    return None


def _guessed(content: bytes) -> str:
    """Name what was sent, so that the person knows which file to look at."""
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"):
        return gettext("A HEIC photo (set the phone's camera to “most compatible”)")
    try:
        kind = puremagic.from_string(content[:4096]).lstrip(".")
    except (puremagic.PureError, ValueError):
        kind = ""
    return gettext("A file of the type %(kind)s") % {"kind": kind} if kind else gettext("A file of this type")
