"""Word, Excel and OpenDocument: ZIP archives that are looked through part by part."""

import io
import re
import zipfile
import zlib
from typing import Final

from django.utils.translation import gettext

from files.errors import Refused
from files.kinds import DOCX, ODS, ODT, XLSX, Kind

MOST_PARTS: Final = 2_000
MOST_UNPACKED: Final = 150 * 1024 * 1024
MOST_RATIO: Final = 200  # XML packs well; what packs better is a bomb
_BLOCK: Final = 1024 * 1024
_MAIN: Final = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_ACTIVE: Final = re.compile(
    r"vbaproject|vbadata|macrosheets|dialogsheets|activex|oleobject|embeddings/|\.(bin|exe|dll|js|vbs|ps1|bat|cmd|hta|jar)$"
    r"|^(basic|scripts)/|^object ",
    re.IGNORECASE,
)
# A part that Office would fetch when the file is opened; links that a person clicks may stay.
_RELATION: Final = re.compile(rb"<[^>]*Relationship\s[^>]*>", re.IGNORECASE)
_BROKEN: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    EOFError,
)


def kind_of(content: bytes) -> Kind:
    """Return which document it is. Raises Refused for other archives, macros, bombs and what reaches outside."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _refuse_bombs(parts, len(content))
            _refuse_active(parts)
            kind = _known(archive, {part.filename for part in parts})
            for part in parts:
                _read_through(archive, part)
    except _BROKEN as error:
        raise Refused(gettext("It begins like an Office document but cannot be read as one.")) from error
    return kind


def _refuse_bombs(parts: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(size, 64 * 1024):
        raise Refused(gettext("The document unpacks to far more than it should."))


def _refuse_active(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(set(names)) != len(names) or any(".." in name or name.startswith("/") or "\\" in name for name in names):
        raise Refused(gettext("The document's parts have names that no Office program writes."))
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(gettext("The document is locked with a password."))
    if any(_ACTIVE.search(name) for name in names):
        raise Refused(gettext("The document carries macros or embedded objects; save it without them."))


def _known(archive: zipfile.ZipFile, names: set[str]) -> Kind:
    if "mimetype" in names:
        said = archive.read("mimetype")[:100].decode("ascii", "replace").strip()
        for kind in (ODT, ODS):
            if said == kind.media_type and "content.xml" in names:
                return kind
    for main, kind in _MAIN.items():
        if main in names and "[Content_Types].xml" in names:
            if b"macroenabled" in archive.read("[Content_Types].xml").lower():
                raise Refused(gettext("The document carries macros; save it without them."))
            return kind
    raise Refused(gettext("Archives are not kept; Word, Excel and OpenDocument files are."))


def _read_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack the part, which checks its sum; sizes in the directory may lie, so what is read is counted."""
    read = 0
    is_relation = part.filename.endswith(".rels")
    kept = bytearray()
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            read += len(block)
            if read > part.file_size:
                raise Refused(gettext("The document unpacks to far more than it should."))
            if is_relation:
                kept += block
    for found in _RELATION.findall(bytes(kept)):
        lowered = found.lower()
        if b"external" in lowered and b"/hyperlink" not in lowered:
            raise Refused(gettext("The document loads something from elsewhere when it is opened."))
