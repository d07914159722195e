"""The command that plants: sizes, refusals, repeatability, and indexes that come back."""

import io
import re
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cars.models import Car, Occupancy
from contracts.models import Contract
from fleet.seed import catalogue, checks, scale, yard
from fleet.seed.clock import Clock
from fleet.seed.scale import Scale
from fleet.seed.sheet import encoded
from fleet.seed.timetable import Timetable
from tests.factories.cars import CarFactory

pytestmark = pytest.mark.django_db


def seed(*options: str) -> str:
    said = io.StringIO()
    call_command("seed", "--on", "2026-11-24", *options, stderr=said)
    return said.getvalue()


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
        # PostgreSQL writes the casts of a condition anew when it reads its own definition back.
        definitions = {re.sub(r"::[a-z ]+(\[\])?|[()]", "", row[0]) for row in cursor.fetchall()}
        cursor.execute(
            "SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype IN ('f', 'u', 'x')"
        )
        return definitions | {row[0] for row in cursor.fetchall()}


def test_a_database_in_use_is_refused() -> None:
    CarFactory()
    with pytest.raises(CommandError, match="not empty") as refused:
        seed()
    assert refused.value.returncode == 1


def test_force_adds_to_what_is_there() -> None:
    seed("--scale", "20x20x60")
    seed("--scale", "20x20x60", "--seed", "8", "--force")
    assert Contract.objects.count() == 120
    for name in checks.NAMES:
        checks.require(name)


def test_a_dry_run_plants_nothing() -> None:
    assert "nothing was changed" in seed("--scale", "20x20x60", "--dry-run")
    assert not Car.objects.exists()


@pytest.mark.parametrize("text", ["", "60x200", "60x200x500x1", "0x20x5", "1x1x1", "1x20x99999", "-1x20x5", "axbxc"])
def test_a_scale_that_makes_no_sense_is_wrong_usage(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError):
        seed("--scale", text)


def test_the_same_seed_plants_the_same_company() -> None:
    seed("--scale", "20x20x60", "--dry-run")
    layouts = [list(timetable(seed=7)), list(timetable(seed=7)), list(timetable(seed=8))]
    plain = [[(slot.start, slot.end, slot.fate, slot.number) for slot in layout] for layout in layouts]
    assert plain[0] == plain[1] != plain[2]


def timetable(*, seed: int) -> Timetable:
    clock = Clock(datetime(2026, 11, 24, 9, tzinfo=UTC), ZoneInfo("Europe/Sarajevo"))
    stock = catalogue.stocked(40, "Europe/Sarajevo")
    cars = yard.bought(Scale(40, 20, 900), stock, Random(seed), map(str, range(40)), set())  # noqa: S311
    return Timetable(Scale(40, 20, 900), cars, clock, seed)


@pytest.mark.parametrize("counts", [(1, 20, 0), (1, 20, 1), (3, 20, 40), (25, 30, 7), (40, 20, 900)])
def test_the_contracts_are_shared_out_exactly(counts: tuple[int, int, int]) -> None:
    seed("--scale", "x".join(map(str, counts)))
    assert (Car.objects.count(), Contract.objects.count()) == (counts[0], counts[2])


def test_a_large_load_brings_every_index_and_constraint_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "_LARGE", 500)
    before = indexes()
    seed()
    assert indexes() == before
    assert Occupancy.objects.count() > 500


@pytest.mark.parametrize("hour", [0, 4, 12, 22])
def test_it_may_be_planted_at_any_time_of_the_day(hour: int, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)  # the clocks change in this night
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    call_command("seed", stderr=io.StringIO())
    assert Contract.objects.overdue(now).count() == 3


@pytest.mark.parametrize(
    ("value", "text"), [(None, r"\N"), (True, "t"), ("a\tb\\c\nd", r"a\tb\\c\nd"), ({"a": "\t"}, r'{"a": "\\t"}')]
)
def test_values_are_encoded_for_copy(value: object, text: str) -> None:
    assert encoded(value) == text


def test_the_clock_writes_instants_also_in_the_night_of_the_change() -> None:
    zone = ZoneInfo("Europe/Sarajevo")
    clock = Clock(datetime(2026, 11, 24, 9, tzinfo=UTC), zone)
    for instant in (datetime(2026, 10, 25, 2, 30, tzinfo=UTC), datetime(2026, 3, 29, 4, tzinfo=UTC)):
        assert datetime.fromisoformat(clock.text(clock.minute(instant))) == instant
