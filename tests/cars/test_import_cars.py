"""Cars from other people's spreadsheets."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from cars.models import Car, OdometerReading
from tests.factories.cars import BranchFactory, CarFactory, CategoryFactory

pytestmark = pytest.mark.django_db
LISTINGS = Path(__file__).resolve().parents[3] / "shared" / "data" / "rental_listings.csv"
HEAD = "plate,make,model,year,fuel"
GOOD = "A11-K-111,Škoda,Octavia,2022,DIESEL"

type Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def company() -> None:
    BranchFactory(code="sarajevo", name="Sarajevo")
    BranchFactory(code="mostar", name="Mostar")
    for code in ("economy", "suv", "van", "family"):
        CategoryFactory(code=code, name=code.upper())


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*lines: str, encoding: str = "utf-8", name: str = "cars.csv") -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return written


def run(path: Path, *options: str, code: int = 0) -> tuple[str, str]:
    """Return what the command wrote to standard output and to standard error."""
    out, err, ended = io.StringIO(), io.StringIO(), 0
    try:
        call_command("import_cars", str(path), *options, stdout=out, stderr=err)
    except CommandError as error:
        err.write(str(error))
        ended = error.returncode
    assert ended == code, err.getvalue()
    return out.getvalue(), err.getvalue()


def test_a_good_row_becomes_a_car(write: Write) -> None:
    run(write(f"{HEAD},class,price,city", f'{GOOD},suv,"1.234,50",Mostar'))
    car = Car.objects.get()
    assert (car.license_plate, car.manufacturer, car.fuel_type, str(car.daily_rate)) == (
        "A11-K-111", "Škoda", "diesel", "1234.50",
    )  # fmt: skip
    assert (car.category.code, car.branch.code) == ("suv", "mostar")


def test_a_second_run_changes_nothing(write: Write) -> None:
    path = write(HEAD, GOOD)
    run(path)
    before = Car.objects.values().get()
    _, said = run(path)
    assert "0 created, 0 changed, 1 unchanged" in said
    assert Car.objects.values().get() == before


def test_a_dry_run_says_what_would_change_and_changes_nothing(write: Write) -> None:
    CarFactory(license_plate="A 11 K 111", year=2020, fuel_type="diesel", manufacturer="Škoda")
    out, said = run(write(HEAD, GOOD, "B22-K-222,Fiat,Panda,2021,petrol"), "--dry-run")
    assert "row 2  change  A11-K-111: license_plate A 11 K 111 → A11-K-111, year 2020 → 2022" in out
    assert "row 3  create  B22-K-222" in out
    assert "nothing was changed" in said
    assert list(Car.objects.values_list("year")) == [(2020,)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A1,Škoda,Octavia,2022,GAZ", "column fuel (“GAZ”) is none of"),
        ("A1,Škoda,Octavia,2022,", "column fuel (“”) is empty"),
        ("A1,Škoda,Octavia,1899,diesel", "column year (“1899”) is no whole number from 1900"),
        ("A1,Škoda,Octavia,2099,diesel", "column year"),
        ("A1,Škoda,Octavia,twenty,diesel", "column year"),
        (",Škoda,Octavia,2022,diesel", "column plate (“”) is empty"),
        ("A1,,Octavia,2022,diesel", "column make"),
        (f"A1,{'x' * 61},Octavia,2022,diesel", "column make"),
        (f"A1,{'x' * 1_000_000},Octavia,2022,diesel", "longer than any cell should be"),
        ("A1,Ško\u0007da,Octavia,2022,diesel", "cannot be printed"),
    ],
)
def test_a_bad_row_is_named_with_its_cell_and_the_others_go_in(write: Write, row: str, said: str) -> None:
    _, err = run(write(HEAD, row, GOOD), code=3)
    assert "row 2" in err
    assert said in err
    assert Car.objects.count() == 1


def test_refused_rows_are_kept_with_the_reason_and_no_live_formula(write: Write, tmp_path: Path) -> None:
    run(write(f"{HEAD},note", "A1,Škoda,Octavia,2022,GAZ,=HYPERLINK(1)"), code=3)
    kept = (tmp_path / "cars.rejects.csv").read_text("utf-8-sig").splitlines()
    assert kept[0] == f"{HEAD},note,why"
    assert "'=HYPERLINK(1)" in kept[1]


def test_a_plate_that_stands_twice_is_taken_once(write: Write) -> None:
    _, err = run(write(HEAD, GOOD, GOOD.replace("-", " ")), code=3)
    assert "row 3: A11 K 111: column plate (“A11 K 111”) stands already in row 2" in err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
def test_encodings_are_found_out(write: Write, encoding: str) -> None:
    run(write(HEAD, GOOD, encoding=encoding))
    assert Car.objects.get().manufacturer == "Škoda"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_delimiters_are_found_out(write: Write, delimiter: str) -> None:
    run(write(HEAD.replace(",", delimiter), GOOD.replace(",", delimiter)))
    assert Car.objects.count() == 1


def test_quoted_line_breaks_are_read(write: Write) -> None:
    run(write(f"{HEAD},location", f'{GOOD},"Hall 2\nrow 5"'))
    assert Car.objects.get().location_note == "Hall 2 row 5"


def test_headers_can_be_mapped(write: Write) -> None:
    path = write("Kennz,make,model,year,fuel", GOOD)
    _, err = run(path, code=1)
    assert "license_plate" in err
    run(path, "--map", "Kennz=license_plate")
    assert Car.objects.count() == 1


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((f"{HEAD},marka", f"{GOOD},x"), "Two columns are manufacturer"),
        (("a,b,c", "1,2,3"), "no column for license_plate"),
        (("", "  ", ","), "no row with headers"),
        ((HEAD, GOOD, '"A2,Škoda'), "breaks off"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole(write: Write, lines: Any, said: str) -> None:
    _, err = run(write(*lines), code=1)
    assert said in err
    assert not Car.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cars.xlsx", b"no workbook", "no XLSX"),
        ("cars.csv", b"", "is empty"),
        ("cars.csv", b"\x00\x01\x02", "neither text"),
    ],
)
def test_files_of_other_kinds_are_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert said in run(path, code=1)[1]


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    assert "There is no file" in run(tmp_path / "nothing.csv", code=1)[1]
    assert "There is no file" in run(tmp_path, code=1)[1]


def workbook(path: Path, rows: list[list[Any]], blank: int = 0) -> Path:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in rows:
        page.append(row)
    for _ in range(blank):
        page.append([None])
    book.save(path)
    return path


def test_a_workbook_with_numbers_and_a_million_empty_rows(tmp_path: Path) -> None:
    rows = [HEAD.split(","), ["A11-K-111", "Škoda", "Octavia", 2022.0, "diesel"]]
    run(workbook(tmp_path / "cars.xlsx", rows, blank=50_000))
    assert Car.objects.get().year == 2022


def test_an_odometer_becomes_a_reading_and_never_goes_back(write: Write) -> None:
    run(write(f"{HEAD},mileage", f"{GOOD},45 000"))
    assert OdometerReading.objects.get().source == "import"
    _, err = run(write(f"{HEAD},mileage", f"{GOOD},44000"), code=3)
    assert "is below the 45000 km" in err
    assert Car.objects.get().odometer_km == 45_000


def test_an_empty_cell_is_no_news_about_a_known_car(write: Write) -> None:
    run(write(f"{HEAD},colour", f"{GOOD},red"))
    _, said = run(write(f"{HEAD},colour", f"{GOOD},"))
    assert "1 unchanged" in said
    assert Car.objects.get().color == "red"


def test_defaults_fill_empty_cells(write: Write) -> None:
    run(write(HEAD, "A1,Škoda,Octavia,2022,"), "--default", "fuel_type=petrol")
    assert Car.objects.get().fuel_type == "petrol"


def test_every_car_is_in_the_audit_trail_with_its_door(write: Write) -> None:
    run(write(HEAD, GOOD))
    entry = LogEntry.objects.get(object_repr__startswith="A11-K-111")
    assert entry.additional_data["door"] == "command:import_cars"


def test_json_says_what_was_done(write: Write) -> None:
    out, _ = run(write(HEAD, GOOD), "--json")
    assert json.loads(out)["counts"] == {"created": 1, "changed": 0, "unchanged": 0, "refused": 0}


@pytest.mark.skipif(not LISTINGS.exists(), reason="the shared data is not here")
def test_the_real_listings_go_in_and_their_bad_rows_are_named(tmp_path: Path) -> None:
    _, err = run(LISTINGS, "--rejects", str(tmp_path / "rejects.csv"), code=3)
    assert Car.objects.count() == 4_438
    assert "4,438 created, 0 changed, 0 unchanged, 62 refused" in err
    assert len((tmp_path / "rejects.csv").read_text("utf-8-sig").splitlines()) == 63
