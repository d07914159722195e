"""Rows from a CSV or XLSX file, whatever program wrote it."""

import codecs
import csv
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from django.utils.translation import gettext
from openpyxl import load_workbook

from fleet.errors import DomainError

MOST_BYTES = 50 * 2**20
_ZIP = b"PK\x03\x04"
_MOST_PAGES, _MOST_OTHER = 500 * 2**20, 100 * 2**20  # a zip bomb unpacks to more
_SAMPLE = 1_000  # characters that tell text from something else
_EMPTY_ROWS = 1_000  # spreadsheets claim a million rows after one stray format; nobody leaves so many blank
_LONGEST_CELL = 10_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Unreadable(DomainError):
    """The file as a whole cannot be read."""

    code = "unreadable_file"
    status = 422


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet shows it, and its cells as text in the order of the headers."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A file that was opened: headers, and rows as they come. `total` is an estimate for a progress bar."""

    headers: tuple[str, ...]
    rows: Iterator[Row]
    total: int


def read(path: Path, *, encoding: str = "", delimiter: str = "") -> Sheet:
    """Open the file. Raises Unreadable in one sentence when it is no table."""
    if not path.is_file():
        raise Unreadable(gettext("There is no file %(path)s.") % {"path": path})
    _check_size(path.stat().st_size, path.name)
    return parse(path.read_bytes(), path.name, encoding=encoding, delimiter=delimiter)


def parse(raw: bytes, name: str, *, encoding: str = "", delimiter: str = "") -> Sheet:
    """Open a file's bytes. Raises Unreadable in one sentence when they are no table."""
    _check_size(len(raw), name)
    if raw.startswith(_ZIP) or Path(name).suffix.lower() in (".xlsx", ".xlsm"):
        return _workbook(raw, name)
    return _text(raw, name, encoding, delimiter)


def _check_size(size: int, name: str) -> None:
    if not size:
        raise Unreadable(gettext("%(name)s is empty.") % {"name": name})
    if size > MOST_BYTES:
        raise Unreadable(gettext("%(name)s is larger than %(size)s MB.") % {"name": name, "size": MOST_BYTES // 2**20})


def _sheet(rows: Iterator[Row], total: int, name: str) -> Sheet:
    """Take the first row that is not blank for the headers."""
    for row in rows:
        if any(row.cells):
            return Sheet(row.cells, (r for r in rows if any(r.cells)), total)
    raise Unreadable(gettext("%(name)s has no row with headers.") % {"name": name})


# text


def _text(raw: bytes, name: str, encoding: str, delimiter: str) -> Sheet:
    text = _decoded(raw, encoding, name)
    if text[:_SAMPLE].count("\0") * 20 > len(text[:_SAMPLE]):  # a stray one is an error of its row
        raise Unreadable(gettext("%(name)s is neither text nor an XLSX workbook.") % {"name": name})
    csv.field_size_limit(MOST_BYTES)  # a cell that is too long is an error of its row, too
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter or _delimiter(text), strict=True)
    return _sheet(_lines(reader, name), text.count("\n"), name)


def _lines(reader: Any, name: str) -> Iterator[Row]:
    try:
        for number, cells in enumerate(reader, start=1):
            yield Row(number, tuple(cell.strip() for cell in cells))
    except csv.Error as error:
        raise Unreadable(
            gettext("%(name)s breaks off or is damaged at line %(line)s: %(error)s.")
            % {"name": name, "line": reader.line_num, "error": error}
        ) from error


def _decoded(raw: bytes, encoding: str, name: str) -> str:
    """Decode by the mark at the beginning, as UTF-8, else as the encoding of Windows in central Europe."""
    for mark, known in _BOMS:
        if not encoding and raw.startswith(mark):
            encoding = known
    tried = [encoding] if encoding else ["utf-8", "cp1250", "cp1252", "latin-1"]
    for candidate in tried:
        try:
            return raw.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    raise Unreadable(gettext("%(name)s is not written in %(encoding)s.") % {"name": name, "encoding": tried[0]})


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the first line into most cells."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t|", key=first.count)


# workbooks


def _workbook(raw: bytes, name: str) -> Sheet:
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            _check_unpacked(archive.infolist(), name)
        book = load_workbook(BytesIO(raw), read_only=True, data_only=True)
    except DomainError:
        raise
    except Exception as error:  # openpyxl raises whatever it stumbles over: XML, types, missing parts
        raise Unreadable(gettext("%(name)s is no XLSX workbook, or it is damaged.") % {"name": name}) from error
    if not book.worksheets:
        raise Unreadable(gettext("%(name)s has no sheet.") % {"name": name})
    page = book.worksheets[0]
    page.reset_dimensions()  # files lie about their size; count rows instead
    return _sheet(_page_rows(page, name), 0, name)


def _check_unpacked(parts: Iterable[zipfile.ZipInfo], name: str) -> None:
    """Refuse a zip bomb. Pages are read row by row and may be long; everything else is held in memory."""
    sizes = {True: 0, False: 0}
    for part in parts:
        sizes[part.filename.startswith("xl/worksheets/")] += part.file_size
    if sizes[True] > _MOST_PAGES or sizes[False] > _MOST_OTHER:
        raise Unreadable(
            gettext("%(name)s unpacks to more than %(size)s MB.") % {"name": name, "size": _MOST_PAGES // 2**20}
        )


def _page_rows(page: Any, name: str) -> Iterator[Row]:
    blank = number = 0
    try:
        for number, values in enumerate(page.iter_rows(values_only=True), start=1):
            cells = tuple(_shown(value) for value in values)
            blank = 0 if any(cells) else blank + 1
            if blank >= _EMPTY_ROWS:
                return
            yield Row(number, cells)
    except Exception as error:  # as above; the consumer of the rows raises elsewhere
        raise Unreadable(
            gettext("%(name)s is damaged after row %(row)s: %(error)s.") % {"name": name, "row": number, "error": error}
        ) from error


def _shown(value: Any) -> str:
    """Return a cell's value as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def too_long(cell: str) -> bool:
    return len(cell) > _LONGEST_CELL
