"""What is read off a statement: whole tables, rows that were there, and rows of one key."""
# ruff: noqa: S608 - nothing is sent

import pytest

from fleet.db.regions import Change, portion, read, together, written

KEY = "01a20bdb-ed74-7c63-b677-1200b5b4e000"
ROOT = 'FROM "cars_car" WHERE "cars_car"."id" = $1'
LINES = 'ARRAY(SELECT "U0"."id" FROM "cars_insurance" "U0" WHERE {} ORDER BY "U0"."id" ASC) AS "x"'
OF_THE_CAR = '"U0"."car_id" = ("cars_car"."id")'
JOINED = 'INNER JOIN "cars_category" ON ("cars_car"."category_id" = "cars_category"."id")'


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        (f'SELECT "cars_car"."id" {ROOT}', {"cars_car!"}),
        (f'SELECT 1 FROM "cars_car" {JOINED} WHERE "cars_car"."id" = $1', {"cars_car!", "cars_category~"}),
        (f"SELECT {LINES.format(OF_THE_CAR)} {ROOT}", {"cars_car!", "cars_insurance!"}),
    ],
)
def test_rows_that_are_found_by_the_key_depend_on_its_portion(statement: str, names: set[str]) -> None:
    assert read(statement, [KEY]) == names | {portion(KEY)}


@pytest.mark.parametrize(
    ("statement", "whole"),
    [
        (f"SELECT {LINES.format(f'({OF_THE_CAR} OR TRUE)')} {ROOT}", "cars_insurance"),
        (f"SELECT {LINES.format(f'NOT ({OF_THE_CAR})')} {ROOT}", "cars_insurance"),
        (f"SELECT {LINES.format('TRUE')} {ROOT}", "cars_insurance"),
        (f"SELECT (SELECT count(*) FROM cars_insurance), {LINES.format(OF_THE_CAR)} {ROOT}", "cars_insurance"),
        (f'SELECT 1 FROM "cars_insurance" "U0" {ROOT.replace("FROM", ",")}', "cars_car"),
        ('SELECT 1 FROM "cars_car" WHERE ("cars_car"."id" = $1 OR "cars_car"."year" = 1)', "cars_car"),
        ('SELECT 1 FROM "cars_car" WHERE "cars_car"."license_plate" = $1', "cars_car"),
        ('SELECT 1 FROM "cars_car" WHERE NOT ("cars_car"."id" = $1)', "cars_car"),
        ('SELECT 1 FROM "cars_car" ORDER BY "cars_car"."id" LIMIT 26', "cars_car"),
    ],
)
def test_everything_else_depends_on_the_whole_table(statement: str, whole: str) -> None:
    assert whole in read(statement, [KEY])


def test_a_page_depends_on_its_table_and_on_old_rows_of_what_these_point_at() -> None:
    page = f'SELECT 1 FROM "cars_car" {JOINED} ORDER BY "cars_car"."id" ASC LIMIT 26'
    assert read(page) == {"cars_car", "cars_category~"}


def test_a_write_changes_what_is_not_known_to_stay() -> None:
    assert written("cars_car", None) == {"cars_car", "cars_car~", "cars_car!"}
    assert written("cars_car", Change(old=True, ids=(KEY,))) == {"cars_car", "cars_car~", portion(KEY)}
    assert written("cars_car", Change(old=False, ids=(KEY,))) == {"cars_car", portion(KEY)}


def test_of_several_changes_the_least_known_counts() -> None:
    old, new = Change(old=True, ids=("a",)), Change(old=False, ids=("b",))
    assert together(old, new) == Change(old=True, ids=("a", "b"))
    assert together(old, None) is None
