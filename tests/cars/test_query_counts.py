"""Every list costs the same number of queries, however many rows it shows."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.accounts import UserFactory, client_as
from tests.factories.cars import (
    BranchFactory,
    CarFactory,
    CategoryFactory,
    DamageFactory,
    InspectionFactory,
    InsuranceFactory,
    IssueReportFactory,
    OccupancyFactory,
    OdometerReadingFactory,
    RegistrationFactory,
    ServicePlanFactory,
    ServiceRecordFactory,
)

pytestmark = pytest.mark.django_db
LISTS = {
    "branches": BranchFactory,
    "categories": CategoryFactory,
    "cars": CarFactory,
    "insurances": InsuranceFactory,
    "registrations": RegistrationFactory,
    "inspections": InspectionFactory,
    "service-plans": ServicePlanFactory,
    "service-records": ServiceRecordFactory,
    "issues": IssueReportFactory,
    "damages": DamageFactory,
    "occupancies": OccupancyFactory,
    "odometer-readings": OdometerReadingFactory,
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_of_the_api_costs_two_queries(path: str) -> None:
    client = client_as("manager")
    LISTS[path].create_batch(5, **_owned(path, client.user))

    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"/api/v1/{path}/", {"q": "e"})
        shown: list[Any] = client.get(f"/api/v1/{path}/").json()["data"]

    assert (response.status_code, len(shown)) == (200, 5)
    assert len(queries) == 4  # each time the log-in with its permissions, and the page


def test_one_car_costs_two_queries_and_its_calendar_three() -> None:
    client, car = client_as("manager"), CarFactory()

    with CaptureQueriesContext(connection) as one:
        client.get(f"/api/v1/cars/{car.pk}/")
    with CaptureQueriesContext(connection) as calendar:
        client.get(f"/api/v1/cars/{car.pk}/calendar/")

    assert (len(one), len(calendar)) == (2, 3)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_of_the_admin_costs_the_same_for_one_row_and_for_many(path: str) -> None:
    client, user = _at_the_admin()
    address = reverse(f"admin:cars_{LISTS[path]._meta.model._meta.model_name}_changelist")
    LISTS[path].create_batch(1, **_owned(path, user))
    few = _queries(client, address)
    LISTS[path].create_batch(6, **_owned(path, user))

    most = 8 if path == "cars" else 7  # what each is doing now is one more
    assert len(_queries(client, address)) == len(few) <= most


def test_a_cars_page_costs_the_same_however_much_belongs_to_it() -> None:
    client, user = _at_the_admin()
    car = CarFactory()
    address = reverse("admin:cars_car_change", args=[car.pk])
    owned = (InsuranceFactory, RegistrationFactory, InspectionFactory, ServiceRecordFactory, IssueReportFactory)
    for factory in (*owned, DamageFactory):
        factory(car=car, created_by=user)
    few = _queries(client, address)
    for factory in (*owned, DamageFactory):
        factory.create_batch(12, car=car, created_by=user)

    assert len(_queries(client, address)) == len(few) <= 20


def _at_the_admin() -> tuple[Client, Any]:
    client, user = Client(), UserFactory(role="manager")
    client.force_login(user)
    return client, user


def _queries(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries]


def _owned(path: str, user: Any) -> dict[str, Any]:
    """Return fields that a careless serializer would look up row by row."""
    return {"created_by": user, **({"reported_by": user} if path == "issues" else {})}
