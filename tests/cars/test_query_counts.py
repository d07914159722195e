"""Every list costs the same number of queries, however many rows it shows."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.accounts import client_as
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


def _owned(path: str, user: Any) -> dict[str, Any]:
    """Return fields that a careless serializer would look up row by row."""
    return {"created_by": user, **({"reported_by": user} if path == "issues" else {})}
