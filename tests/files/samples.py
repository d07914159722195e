"""Files good and bad, made here: no binary lies in the repository."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

SARAJEVO = {1: "N", 2: (43.0, 51.0, 24.0), 3: "E", 4: (18.0, 24.0, 47.0)}
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
_WORD = '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats…main+xml"/>'


def picture(form: str = "JPEG", *, size: tuple[int, int] = (120, 80), where: bool = False, **options: Any) -> bytes:
    """Return a picture; with `where` it says that it was taken in Sarajevo, on its side."""
    image = Image.new("RGB", size, (30, 90, 160))
    if where:
        exif = Image.Exif()
        exif[0x0112] = 6  # turned by 90°
        exif[0x010F] = "SecretPhone"
        exif.get_ifd(0x8825).update(SARAJEVO)
        options["exif"] = exif
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose header promises so many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def pdf(**extras: Any) -> bytes:
    """Return a PDF of one page; `script`, `attachment`, `password` and `launch` make it a bad one."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if "attachment" in extras:
        writer.add_attachment("x.exe", extras["attachment"])
    for name, key in (("script", "/JS"), ("launch", "/F")):
        if name in extras:
            kind = NameObject("/JavaScript" if name == "script" else "/Launch")
            action = {NameObject("/S"): kind, NameObject(key): TextStringObject(extras[name])}
            writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if "password" in extras:
        writer.encrypt(extras["password"], algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archive(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as held:
        for name, content in parts.items():
            held.writestr(name, content)
    return out.getvalue()


def docx(types: str = _WORD, **parts: str | bytes) -> bytes:
    """Return a Word file; further parts by path, with __ for / and _dot_ for a dot."""
    more = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    return archive({"[Content_Types].xml": _TYPES.format(types), "word/document.xml": "<w:document/>", **more})


def xlsx() -> bytes:
    return archive({"[Content_Types].xml": _TYPES.format(""), "xl/workbook.xml": "<workbook/>"})


def odt() -> bytes:
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<office/>"})
