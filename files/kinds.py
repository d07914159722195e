"""The kinds of files that are kept, by what their bytes are; a client's word for it is never asked."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kind:
    """`inline`: a browser may show it; everything else is only ever saved."""

    media_type: str
    extension: str
    label: str
    inline: bool = False

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")


JPEG: Final = Kind("image/jpeg", "jpg", "JPEG", inline=True)
PNG: Final = Kind("image/png", "png", "PNG", inline=True)
WEBP: Final = Kind("image/webp", "webp", "WebP", inline=True)
PDF: Final = Kind("application/pdf", "pdf", "PDF", inline=True)
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
DOCX: Final = Kind(f"{_OOXML}wordprocessingml.document", "docx", "Word")
XLSX: Final = Kind(f"{_OOXML}spreadsheetml.sheet", "xlsx", "Excel")
ODT: Final = Kind("application/vnd.oasis.opendocument.text", "odt", "OpenDocument")
ODS: Final = Kind("application/vnd.oasis.opendocument.spreadsheet", "ods", "OpenDocument")

KINDS: Final = {one.media_type: one for one in (JPEG, PNG, WEBP, PDF, DOCX, XLSX, ODT, ODS)}
CHOICES: Final = [(one.media_type, one.label) for one in KINDS.values()]
ACCEPTED: Final = "image/jpeg,image/png,image/webp," + ",".join(
    f".{one.extension}" for one in KINDS.values() if not one.is_image
)
