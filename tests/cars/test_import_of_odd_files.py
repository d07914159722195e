"""Files that were cut off, mislabelled, blown up or typed by hand: what can be taken is, the rest is named."""

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from cars.intake import sheet
from cars.models import Car
from tests.factories.cars import BranchFactory, CategoryFactory

pytestmark = pytest.mark.django_db
HEAD = "plate,make,model,year,fuel"
GOOD = "A11-K-111,Škoda,Octavia,2022,DIESEL"

type Import = Callable[..., str]


@pytest.fixture
def imported(tmp_path: Path) -> Import:
    """Import the bytes and return what was said; `code` is the exit code that is expected."""
    BranchFactory(code="sarajevo", name="Sarajevo")
    CategoryFactory(code="economy")

    def run(content: bytes | str, *options: str, name: str = "cars.csv", code: int = 0) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        said, ended = io.StringIO(), 0
        try:
            call_command("import_cars", str(path), *options, stdout=said, stderr=said)
        except CommandError as error:
            said.write(str(error))
            ended = error.returncode
        assert ended == code, said.getvalue()
        return said.getvalue()

    return run


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\x0b", "\x0c", "\xa0"])
def test_only_line_ends_end_a_row(imported: Import, separator: str) -> None:
    imported(f"{HEAD},city\n{GOOD},Novi{separator}Grad\n")
    assert Car.objects.get().location_note == "Novi Grad"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(imported: Import, end: str) -> None:
    imported(end.join([HEAD, GOOD, ""]))
    assert Car.objects.count() == 1


def test_rows_are_numbered_as_a_spreadsheet_shows_them(imported: Import) -> None:
    said = imported(f'{HEAD},city\n{GOOD},"Hall\n2"\n\nA2,Fiat,Panda,2020,GAZ,\n', code=3)
    assert "row 4: A2" in said


@pytest.mark.parametrize(
    ("cell", "why"),
    [("x" * 3_000_000, "longer than any cell"), ("Fi\0at", "cannot be printed"), ("\0", "cannot be printed")],
    ids=["three megabytes", "a NUL inside", "a NUL"],
)
def test_a_cell_nobody_typed_costs_its_row_only(imported: Import, cell: str, why: str) -> None:
    said = imported(f"{HEAD}\nA2,{cell},Panda,2020,petrol\n{GOOD}\n", code=3)
    assert why in said
    assert Car.objects.count() == 1


@pytest.mark.parametrize("formula", ["=1+1", "@SUM(A1)", "+387", "-2", '=HYPERLINK(""http://x"")'])
def test_a_formula_stays_the_text_it_is(imported: Import, formula: str) -> None:
    imported(f'{HEAD},city\n{GOOD},"{formula}"\n')
    assert Car.objects.get().location_note == formula.replace('""', '"')


def test_a_header_that_begins_like_a_zip_is_still_text(imported: Import) -> None:
    imported(f"PK;{HEAD.replace(',', ';')}\n1;{GOOD.replace(',', ';')}\n")
    assert Car.objects.count() == 1


def test_a_mapped_header_wins_over_one_that_is_known(imported: Import) -> None:
    text = f"{HEAD},rate,weekend\n{GOOD},30,45\n"
    assert "Two columns" in imported(f"{HEAD},rate,price\n{GOOD},30,45\n", code=1)
    imported(text, "--map", "weekend=daily_rate")
    assert str(Car.objects.get().daily_rate) == "45.00"


@pytest.mark.parametrize("delimiter", ["tab", r"\t", "\t"])
def test_a_tab_may_be_spelled(imported: Import, delimiter: str) -> None:
    imported(f"{HEAD}\n{GOOD}\n".replace(",", "\t"), "--delimiter", delimiter)
    assert Car.objects.count() == 1


@pytest.mark.parametrize(
    "options",
    [
        ("--delimiter", ",,"),
        ("--default", "wheels=4"),
        ("--rate-factor", "0"),
        ("--rate-factor", "NaN"),
        ("--map", "price"),
    ],
)
def test_wrong_usage_is_said_before_the_file_is_read(imported: Import, options: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="argument"):
        call_command("import_cars", "nowhere.csv", *options)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16-le"])
def test_an_encoding_can_be_named(imported: Import, encoding: str) -> None:
    text = f"{HEAD}\nA11-K-111,Citroën,C3,2022,petrol\n"
    imported(text.encode(encoding), "--encoding", encoding)
    assert Car.objects.get().manufacturer == "Citroën"


def test_an_unknown_encoding_is_one_sentence(imported: Import) -> None:
    assert "not written in klingon" in imported(GOOD, "--encoding", "klingon", code=1)


def test_a_rate_in_dollars_is_pointed_out(imported: Import) -> None:
    said = imported(f"{HEAD},daily_rate_usd\n{GOOD},50\n")
    assert "daily_rate_usd is taken as EUR; --rate-factor converts it" in said


def test_a_dry_run_as_json_is_one_object(imported: Import) -> None:
    said = imported(f"{HEAD}\n{GOOD}\n", "--dry-run", "--json").splitlines()
    assert sum(line.startswith("{") for line in said) == 1
    assert not any(line.startswith("row ") for line in said)


def test_an_unknown_branch_is_refused_with_the_ones_there_are(imported: Import) -> None:
    assert "There is no branch zenica; there are: sarajevo" in imported(GOOD, "--branch", "zenica", code=1)


def archive(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return held.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        archive(readme=b"no workbook"),
        archive(xl__workbook_xml=b"<broken", **{"[Content_Types]_xml": b"<Types>"}),
        b"PK\x03\x04 cut off",
    ],
    ids=["another archive", "broken XML", "cut off"],
)
def test_an_archive_that_is_no_workbook_is_one_sentence(imported: Import, content: bytes) -> None:
    assert "no XLSX workbook" in imported(content, name="cars.xlsx", code=1)


def test_a_zip_bomb_is_not_unpacked(imported: Import) -> None:
    bomb = archive(xl__sharedStrings_xml=bytes(sheet._MOST_OTHER + 1))
    began = time.monotonic()
    assert "unpacks to more than" in imported(bomb, name="cars.xlsx", code=1)
    assert time.monotonic() - began < 20


def test_a_million_empty_rows_take_no_time(imported: Import) -> None:
    held = io.BytesIO()
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in (HEAD.split(","), GOOD.split(",")):
        page.append(row)
    book.save(held)
    imported(stretched(held.getvalue()), name="cars.xlsx")
    assert Car.objects.count() == 1


def stretched(workbook: bytes) -> bytes:
    """Return the workbook with a million rows that hold a format and nothing else, as spreadsheets write them."""
    blank = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (row, row) for row in range(3, 1_000_003))
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"</sheetData>", blank + b"</sheetData>"))
    return held.getvalue()
