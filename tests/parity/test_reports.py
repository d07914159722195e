"""What the predecessor reported over the whole company, at our addresses."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.api import Desk
from tests.factories import cars
from tests.factories import contracts as given
from tests.factories.contracts import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def report(name: str, **query: Any) -> Any:
    response = Desk("accountant").get(f"/api/v1/reports/{name}/", query)
    assert response.status_code == 200, response.json()
    return response.json()


def test_revenue_total_and_range() -> None:
    contract = given.returned(by=given.manager())  # three days at 40.00, from tomorrow
    first = contract.start_at.date()

    all_of_it = report("revenue", **{"from": first, "to": first + timedelta(days=2)})["totals"]
    one_day = report("revenue", **{"from": first, "to": first})["totals"]

    assert (all_of_it["total"], all_of_it["ever"]) == ("120.00", "120.00")
    assert (one_day["total"], one_day["rental_days"], one_day["ever"]) == ("40.00", 1, "120.00")


def test_revenue_holds_no_deposit() -> None:
    contract = given.active(by=given.manager())
    assert contract.deposit > 0
    assert Decimal(report("revenue")["totals"]["ever"]) == contract.total


def test_top_expenses_over_the_fleet() -> None:
    cheap, dear, free = cars.CarFactory.create_batch(3)
    cars.ServiceRecordFactory(car=cheap, service_date=TODAY, cost=Decimal("100.00"))
    cars.ServiceRecordFactory(car=dear, service_date=TODAY, cost=Decimal("900.00"))

    body = report("top-costs", limit=1)

    assert [(row["key"], row["service"], row["total"]) for row in body["rows"]] == [(str(dear.pk), "900.00", "900.00")]
    assert body["totals"]["total"] == "1000.00"
    assert str(free.pk) not in {row["key"] for row in report("top-costs")["rows"]}


def test_cost_analytics_of_the_fleet_are_those_of_each_car() -> None:
    car = cars.CarFactory()
    cars.InsuranceFactory(car=car)  # 365.00 for 730 days
    first, last = TODAY - timedelta(days=9), TODAY

    (row,) = report("costs", **{"from": first, "to": last})["rows"]
    own = Desk("accountant").get(f"/api/v1/cars/{car.pk}/costs/", {"from": first, "to": last}).json()

    assert row["insurance"] == "5.00"
    assert row["total"] == own["total"]


def test_maintenance_summary_over_the_fleet() -> None:
    car = cars.CarFactory()
    cars.ServiceRecordFactory(car=car, service_date=TODAY, cost=Decimal("150.00"))
    cars.IssueReportFactory(car=car, severity="critical")
    cars.DamageFactory(car=car)

    rows = {row["key"]: (row["number"], row["cost"]) for row in report("maintenance")["rows"]}

    assert rows["services_done"] == (1, "150.00")
    assert (rows["issues_critical"], rows["cars_grounded"], rows["damages"]) == ((1, None), (1, None), (1, None))
    assert {"services_overdue", "services_coming", "papers_overdue", "papers_coming"} <= rows.keys()
