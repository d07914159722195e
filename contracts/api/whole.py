"""A contract with everything that belongs to it, in one statement; without what the one who asks may not see."""

from typing import Any

from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from accounts.models import User
from cars.models import Car, Occupancy
from contracts.models import Assignment, Charge, Contract, Handover, Payment, PriceLine
from contracts.querysets import ContractQuerySet
from customers.models import Customer
from fleet.db import beside

_CAR = ("id", "license_plate", "manufacturer", "model", "fuel_type", "odometer_km")
_STAFF = ("id", "username", "first_name", "last_name")


def with_parts(contracts: ContractQuerySet, user: Any) -> ContractQuerySet:
    """Return the contracts with their parts packed beside them; `unpacked()` makes rows of them."""
    mine = OuterRef("pk")
    parts = {
        "contracts.view_priceline": ("lines", beside.rows(PriceLine.objects.filter(contract=mine).order_by("id"))),
        "contracts.view_charge": ("charges", beside.rows(Charge.objects.filter(contract=mine).order_by("id"))),
        "contracts.view_payment": ("payments", beside.rows(Payment.objects.filter(contract=mine))),
        "contracts.view_assignment": (
            "assignments",
            _assignments(with_handovers=user.has_perm("contracts.view_handover")),
        ),
    }
    shown = dict(part for permission, part in parts.items() if user.has_perm(permission))
    shown["drivers"] = beside.rows(Customer.objects.filter(driven_contracts=mine))
    packed = {f"packed_{name}": rows for name, rows in shown.items()}
    return contracts.with_desk().with_money().annotate(**packed)


def unpacked(contract: Contract) -> Contract:
    """Return the contract with the parts that came with it where its relations look for them."""
    for name, model in (("lines", PriceLine), ("charges", Charge), ("payments", Payment), ("drivers", Customer)):
        rows = vars(contract).pop(f"packed_{name}", None)
        if rows is not None:
            beside.remember(contract, name, beside.instances(model, rows))
    rows = vars(contract).pop("packed_assignments", None)
    if rows is not None:
        beside.remember(contract, "assignments", [_assignment(row) for row in rows])
    return contract


def _assignments(*, with_handovers: bool) -> Any:
    mine = Assignment.objects.filter(contract=OuterRef("pk")).order_by("seq")
    more: dict[str, Any] = {
        "occupancy": JSONObject(**beside.columns(Occupancy, "id", "period", via="occupancy")),
        "car": JSONObject(**beside.columns(Car, *_CAR, via="occupancy__car")),
    }
    if with_handovers:
        seen = Handover.objects.filter(assignment=OuterRef("pk")).order_by("-kind")
        more["handovers"] = beside.rows(seen, by=JSONObject(**beside.columns(User, *_STAFF, via="by")))
    return beside.rows(mine, **more)


def _assignment(row: dict[str, Any]) -> Assignment:
    found = beside.instance(Assignment, row)
    found.occupancy = beside.instance(Occupancy, row["occupancy"], "id", "period")
    found.occupancy.car = beside.instance(Car, row["car"], *_CAR)
    if "handovers" in row:
        beside.remember(found, "handovers", [_handover(seen) for seen in row["handovers"]])
    return found


def _handover(row: dict[str, Any]) -> Handover:
    found = beside.instance(Handover, row)
    found.by = beside.instance(User, row["by"], *_STAFF)
    return found
