"""Statements that the server plans once: the same answers with and without, and plans that use partial indexes."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from cars.models import Car
from contracts.models import Contract
from fleet.db.prepared import rows, statement, written_out
from fleet.db.ready import Ready
from tests.factories.cars import CarFactory

pytestmark = pytest.mark.django_db


def _kept() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [text for (text,) in cursor.fetchall()]


def test_gaps_are_numbered_and_percent_signs_stay() -> None:
    made = statement("SELECT %s, 'a%%', %s")

    assert made.numbered == "SELECT $1, 'a%', $2"
    assert rows(connection, made, ["x", "y"]) == [("x", "a%", "y")]


@pytest.mark.parametrize("value", ["50 % off", "it's", r"back\slash", None, 7])
def test_what_is_no_gap_is_written_into_the_text(value: Any) -> None:
    made = written_out(connection, "SELECT %s::jsonb IS NULL, %s, '100%%'", [(None, False), (value, False)])

    assert rows(connection, made, []) == [(True, value, "100%")]


def test_the_server_keeps_the_statement_and_gets_only_the_gaps() -> None:
    plates = Ready(lambda pk: Car.objects.filter(pk=pk, year__gt=1900).values_list("license_plate"), pk=UUID)
    cars = CarFactory.create_batch(2)

    assert [plates(pk=car.pk) for car in cars] == [[(car.license_plate,)] for car in cars]
    (text,) = [one for one in _kept() if "license_plate" in one and "1900" in one]
    assert "$1" in text
    assert "$2" not in text


def test_without_the_setting_the_same_is_asked_and_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    car = CarFactory()
    raw: Any = connection.connection
    monkeypatch.setattr(raw, "prepare_threshold", None)
    plates = Ready(lambda pk: Car.objects.filter(pk=pk, doors__lt=77).values_list("license_plate"), pk=UUID)

    assert plates(pk=car.pk) == [(car.license_plate,)]
    assert not [one for one in _kept() if "< 77" in one]


def test_a_plan_for_any_value_still_uses_a_partial_index() -> None:
    first = Ready(
        lambda by, ref: (
            Contract.objects.filter(created_by=by, external_ref=ref)
            .exclude(external_ref="")
            .order_by()
            .values_list("pk")
        ),
        by=UUID,
        ref=str,
    )
    first(by=uuid4(), ref="theirs-1")
    (text,) = [one for one in _kept() if "external_ref" in one]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE statement = %s", [text])
        (name,) = cursor.fetchone()
        cursor.execute(f"EXPLAIN EXECUTE {name}(gen_random_uuid(), 'x')")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "contract_external_ref_once" in plan or "contract_by_external_ref" in plan
