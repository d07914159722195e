"""A statement that is made once is asked with new values every time, and says what a fresh one would."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cars.models import Car, Occupancy, ServicePlan
from fleet.db.period import Period
from fleet.db.ready import Ready, instance
from tests.factories.cars import CarFactory, OccupancyFactory, ServicePlanFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_every_call_gets_its_own_values() -> None:
    plates = Ready(lambda pk: Car.objects.filter(pk=pk).values_list("license_plate", "year"), pk=UUID)

    for car in CarFactory.create_batch(3):
        assert plates(pk=car.pk) == [(car.license_plate, car.year)]
    assert plates(pk=UUID(int=1)) == []


def test_instants_are_told_apart() -> None:
    taken = Ready(
        lambda start, end: Occupancy.objects.overlapping(Period(start, end)).values_list("id"),
        start=datetime,
        end=datetime,
    )
    row = OccupancyFactory(period=Period(NOW, NOW + timedelta(days=1)).as_range())

    assert taken(start=NOW, end=NOW + timedelta(hours=1)) == [(row.pk,)]
    assert taken(start=NOW + timedelta(days=1), end=NOW + timedelta(days=2)) == []


def test_columns_come_as_the_orm_reads_them() -> None:
    paper = ServicePlanFactory(every_months=6)
    names = [field.attname for field in ServicePlan._meta.concrete_fields]
    (row,) = Ready(lambda pk: ServicePlan.objects.filter(pk=pk).values_list(*names), pk=UUID)(pk=paper.pk)

    assert instance(ServicePlan, names, row) == paper
    assert vars(instance(ServicePlan, names, row))["_loaded"] == vars(ServicePlan.objects.get())["_loaded"]


def test_a_value_that_the_statement_does_not_take_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="does not use"):
        Ready(lambda pk: Car.objects.values_list("pk"), pk=UUID)(pk=UUID(int=1))


def test_what_a_list_shows_is_asked_again_each_time() -> None:
    """Only the text of the statement is kept, never what it found."""
    every: Any = Ready(lambda: Car.objects.order_by("pk").values_list("pk"))
    every()
    car = CarFactory()

    with CaptureQueriesContext(connection) as asked:
        assert every() == [(car.pk,)]
    assert len(asked) == 1


def test_threads_that_ask_first_at_the_same_time_get_the_same_query() -> None:
    built: list[Any] = []

    def build(key: Any) -> Any:
        built.append(key)
        time.sleep(0.05)  # all the others arrive meanwhile
        return Car.objects.filter(pk=key).values_list("license_plate")

    ready = Ready(build, key=UUID)
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: ready.told, range(8)))
    assert len(built) == 1
    assert told == [told[0]] * 8
