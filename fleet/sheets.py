"""Tables as files: CSV and XLSX, row by row, with cells that no spreadsheet runs as a formula."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

CSV: Final = "csv"
XLSX: Final = "xlsx"
KINDS: Final = (CSV, XLSX)
MEDIA_TYPES: Final = {
    CSV: "text/csv",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_LINES_AT_ONCE: Final = 500
_WIDEST: Final = 40
_IN_MEMORY: Final = 2 * 2**20

type Row = Sequence[Any]


def safe(text: str) -> str:
    """Return the text so that no spreadsheet runs it as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def response(name: str, kind: str, head: Row, rows: Iterable[Row]) -> HttpResponseBase:
    """Answer with the table as a file called `name` and the day."""
    answer: HttpResponseBase = (
        FileResponse(workbook(head, rows)) if kind == XLSX else StreamingHttpResponse(_spoken(lines(head, rows)))
    )
    answer["Content-Type"] = MEDIA_TYPES[kind] + ("; charset=utf-8" if kind == CSV else "")
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def lines(head: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a CSV file (RFC 4180) in UTF-8, with the mark by which Excel knows it."""
    sheet = _Lines()
    writer = csv.writer(sheet)
    sheet.parts.append("\ufeff")
    writer.writerow([safe(str(title)) for title in head])
    for number, row in enumerate(rows, 1):
        writer.writerow([_plain(cell) for cell in row])
        if number % _LINES_AT_ONCE == 0:
            yield sheet.take()
    yield sheet.take()


def workbook(head: Row, rows: Iterable[Row]) -> IO[bytes]:
    """Return an XLSX file, written row by row: dates are dates in it and money is numbers."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet()
    sheet.freeze_panes = "A2"
    for number, title in enumerate(head, 1):
        sheet.column_dimensions[get_column_letter(number)].width = min(max(len(str(title)) + 4, 12), _WIDEST)
    sheet.append([_titled(sheet, str(title)) for title in head])
    for row in rows:
        sheet.append([_typed(sheet, cell) for cell in row])
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - FileResponse closes it
    book.save(file)
    file.seek(0)
    return file


def _spoken(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Return the parts, each made in the language of whoever asked; they are sent when the request is over."""
    language = translation.get_language()

    def made() -> bytes | None:
        with translation.override(language):
            return next(parts, None)

    return iter(made, None)


class _Lines:
    """Where csv.writer writes to: text that waits to be sent."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        self.parts.append(text)

    def take(self) -> bytes:
        text = "".join(self.parts)
        self.parts.clear()
        return text.encode()


def _plain(cell: Any) -> Any:
    """Return what a CSV shows: wall-clock time of the house, words for yes and no, nothing for nothing."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{timezone.localtime(cell):%Y-%m-%d %H:%M}"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell if isinstance(cell, (int, Decimal, date)) else safe(str(cell))


def _typed(sheet: Any, cell: Any) -> Any:
    if isinstance(cell, datetime):
        return timezone.make_naive(cell).replace(second=0, microsecond=0)
    if isinstance(cell, Decimal):
        money: Any = WriteOnlyCell(sheet)
        money.value = cell
        money.number_format = "#,##0.00"
        return money
    if cell is None or isinstance(cell, (bool, int, date)):
        return cell
    return safe(ILLEGAL_CHARACTERS_RE.sub("", str(cell)))


def _titled(sheet: Any, title: str) -> Any:
    cell = WriteOnlyCell(sheet, value=safe(title))
    cell.font = Font(bold=True)
    return cell
