"""PDFs as they are, unless they can do something: those are refused, a cleaned one is not what was signed."""

import io
import re
from collections import deque
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from files.errors import Refused

MOST_PAGES: Final = 500
MOST_OBJECTS: Final = 50_000
# Names of the PDF specification (ISO 32000-2) behind which something runs, opens or hides.
_KEYS: Final = {
    "/JS": "JavaScript",
    "/JavaScript": "JavaScript",
    "/EmbeddedFiles": _("embedded files"),
    "/EmbeddedFile": _("embedded files"),
    "/EF": _("embedded files"),
    "/XFA": _("a form that runs (XFA)"),
    "/AA": _("actions that run by themselves"),
    "/RichMedia": _("media that plays"),
    "/RichMediaContent": _("media that plays"),
}
_ACTIONS: Final = {
    "/JavaScript": "JavaScript",
    "/Launch": _("a command that starts a program"),
    "/SubmitForm": _("a form that is sent away"),
    "/ImportData": _("data that is loaded from elsewhere"),
    "/GoToE": _("embedded files"),
    "/GoToR": _("a link into another file"),
    "/Rendition": _("media that plays"),
    "/Movie": _("media that plays"),
    "/Sound": _("media that plays"),
    "/RichMediaExecute": _("media that plays"),
}
# The same in objects that nothing points to: another reader may find them.
_RAW: Final = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia)\b")
_BROKEN: Final = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError)


def require_harmless(content: bytes) -> None:
    """Raise Refused for what cannot be read, is locked, or carries more than pages."""
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise Refused(gettext("The PDF is locked with a password."))
        if not 1 <= len(reader.pages) <= MOST_PAGES:
            raise Refused(gettext("A PDF has 1 to %(most_pages)s pages.") % {"most_pages": MOST_PAGES})
        _walk(reader.trailer)
    except _BROKEN as error:
        raise Refused(gettext("It begins like a PDF but cannot be read as one.")) from error
    if _RAW.search(_plain_names(content)):
        raise Refused(gettext("The PDF carries something that runs or hides a file; print it to a new PDF."))


def _walk(root: Any) -> None:
    seen: set[tuple[int, int]] = set()
    waiting: deque[Any] = deque([root])
    steps = 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if (mark := (one.idnum, one.generation)) in seen:
                continue
            seen.add(mark)
            one = one.get_object()
        steps += 1
        if len(seen) > MOST_OBJECTS or steps > 40 * MOST_OBJECTS:
            raise Refused(gettext("The PDF has too many parts to be checked; print it to a new PDF."))
        if isinstance(one, DictionaryObject):
            _refuse_active(one)
            waiting.extend(value for value in one.values() if isinstance(value, _CONTAINERS))
        elif isinstance(one, ArrayObject):
            waiting.extend(value for value in one if isinstance(value, _CONTAINERS))


_CONTAINERS: Final = (IndirectObject, DictionaryObject, ArrayObject)


def _refuse_active(found: DictionaryObject) -> None:
    action = found.get("/S")
    what = next((_KEYS[key] for key in found if key in _KEYS), None) or _ACTIONS.get(str(action))
    if what:
        raise Refused(gettext("The PDF carries %(what)s; print it to a new PDF.") % {"what": what})


def _plain_names(content: bytes) -> bytes:
    """Return the bytes with escaped letters of names (`/J#61va…`) written out."""
    return (
        re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), content) if b"#" in content else content
    )
