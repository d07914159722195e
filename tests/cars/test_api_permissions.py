"""Who may do what with cars, role by role, at the API's door."""

from typing import Any

import pytest

from tests.factories.accounts import client_as
from tests.factories.cars import (
    CarFactory,
    DamageFactory,
    InsuranceFactory,
    IssueReportFactory,
    OccupancyFactory,
    OdometerReadingFactory,
    ServicePlanFactory,
    ServiceRecordFactory,
)

pytestmark = pytest.mark.django_db

ROLES = ("admin", "manager", "agent", "mechanic", "accountant", "auditor", "viewer", "integrator")
FACTORIES = {
    "cars": CarFactory,
    "insurances": InsuranceFactory,
    "service-plans": ServicePlanFactory,
    "service-records": ServiceRecordFactory,
    "issues": IssueReportFactory,
    "damages": DamageFactory,
    "occupancies": OccupancyFactory,
    "odometer-readings": OdometerReadingFactory,
}
EDITORS = {"admin", "manager"}
WORKSHOP = EDITORS | {"mechanic"}
STAFF = set(ROLES) - {"integrator"}
# (method, path, step) → roles that pass; a step without a body is refused by the verb or by validation, never by 403
RULES: dict[tuple[str, str, str], set[str]] = {
    ("get", "branches", ""): set(ROLES),
    ("get", "categories", ""): set(ROLES),
    ("get", "cars", ""): set(ROLES),
    **{("get", path, ""): STAFF for path in FACTORIES if path != "cars"},
    ("post", "cars", ""): EDITORS,
    ("post", "branches", ""): EDITORS,
    ("post", "insurances", ""): EDITORS,
    ("post", "service-plans", ""): EDITORS,
    ("post", "service-records", ""): WORKSHOP,
    ("post", "issues", ""): WORKSHOP,
    ("post", "damages", ""): WORKSHOP,
    ("post", "occupancies", ""): WORKSHOP,
    ("post", "odometer-readings", ""): WORKSHOP,
    ("post", "cars", "archive/"): EDITORS,
    ("post", "cars", "restore/"): EDITORS,
    ("post", "cars", "dispose/"): EDITORS,
    ("post", "cars", "withdraw/"): EDITORS,
    ("post", "cars", "odometer/"): WORKSHOP,
    ("post", "cars", "block/"): WORKSHOP,
    ("get", "cars", "calendar/"): STAFF,
    ("get", "cars", "damages/"): STAFF,
    ("get", "cars", "history/"): set(ROLES),
    ("post", "issues", "resolve/"): WORKSHOP,
    ("post", "damages", "repair/"): WORKSHOP,
    ("post", "occupancies", "release/"): WORKSHOP,
    ("delete", "cars", "./"): EDITORS,
    ("delete", "service-records", "./"): EDITORS,
    ("patch", "cars", "./"): EDITORS,
    ("patch", "damages", "./"): WORKSHOP,
    ("patch", "occupancies", "./"): WORKSHOP,
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_does_what_the_table_allows_and_nothing_else(role: str) -> None:
    client = client_as(role)
    rows = {path: factory() for path, factory in FACTORIES.items()}

    for (method, path, step), allowed in RULES.items():
        address = f"/api/v1/{path}/"
        if step:
            address += f"{rows[path].pk}/{step.removeprefix('./')}"
        options: dict[str, Any] = {"headers": {"If-Match": "*"}} if step == "./" else {}
        if method == "delete":
            options["headers"] = {"If-Match": '"999"'}  # far enough to pass the permission, too stale to delete
        status = getattr(client, method)(address, **options).status_code
        assert (status != 403) == (role in allowed), f"{role}: {method} {address} → {status}"


def test_nobody_comes_in_without_a_log_in(client: Any) -> None:
    for path in FACTORIES:
        assert client.get(f"/api/v1/{path}/").status_code == 401
