"""The tables of one contract and all that belongs to it, on their way into the database."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Final

from cars.models import Damage, Occupancy, OdometerReading, ServiceRecord
from contracts.models import Assignment, Charge, Contract, Handover, Payment, PriceLine
from fleet.seed.sheet import Sheet

_BASE: Final = ("id", "created_at", "updated_at", "created_by_id")


def _contract() -> Sheet:
    return Sheet(
        Contract, *_BASE, "reference", "status", "customer_id", "car_id", "category_id", "pickup_branch_id",
        "return_branch_id", "start_at", "end_at", "picked_up_at", "returned_at", "hold_expires_at", "ended_at",
        "channel", "daily_rate", "km_per_day", "excess_km_rate", "deposit", "total", "cancel_reason",
    )  # fmt: skip


def _drivers() -> Sheet:
    return Sheet(Contract.drivers.through, "contract_id", "customer_id")


def _occupancy() -> Sheet:
    return Sheet(Occupancy, *_BASE, "car_id", "period", "kind", "note", "released_at")


def _assignment() -> Sheet:
    return Sheet(Assignment, *_BASE, "contract_id", "occupancy_id", "seq", "closed_at")


def _handover() -> Sheet:
    return Sheet(
        Handover, *_BASE, "assignment_id", "kind", "at", "by_id", "odometer_km", "fuel_eighths", "battery_pct",
        "is_clean",
    )  # fmt: skip


def _line() -> Sheet:
    return Sheet(
        PriceLine, *_BASE, "contract_id", "kind", "extra_id", "description", "quantity", "unit_price", "amount",
        "explained",
    )  # fmt: skip


def _charge() -> Sheet:
    return Sheet(
        Charge, *_BASE, "contract_id", "kind", "inputs", "quantity", "unit_price", "amount", "explained", "status",
        "reason", "decided_at", "decided_by_id", "line_id",
    )  # fmt: skip


def _payment() -> Sheet:
    return Sheet(Payment, *_BASE, "contract_id", "kind", "method", "amount", "external_id", "note", "at")


def _reading() -> Sheet:
    return Sheet(OdometerReading, *_BASE, "car_id", "km", "taken_at", "source")


def _damage() -> Sheet:
    return Sheet(Damage, *_BASE, "car_id", "panel", "kind", "note", "found_in_id", "repaired_at", "repair_cost")


def _service() -> Sheet:
    return Sheet(
        ServiceRecord, *_BASE, "car_id", "service_date", "odometer_km", "service_type", "vendor", "cost", "plan_id",
        "next_service_km", "next_service_date", "occupancy_id",
    )  # fmt: skip


@dataclass(frozen=True)
class Sheets:
    """One sheet per table; filled a few thousand contracts at a time."""

    contract: Sheet = field(default_factory=_contract)
    drivers: Sheet = field(default_factory=_drivers)
    occupancy: Sheet = field(default_factory=_occupancy)
    assignment: Sheet = field(default_factory=_assignment)
    handover: Sheet = field(default_factory=_handover)
    line: Sheet = field(default_factory=_line)
    charge: Sheet = field(default_factory=_charge)
    payment: Sheet = field(default_factory=_payment)
    reading: Sheet = field(default_factory=_reading)
    damage: Sheet = field(default_factory=_damage)
    service: Sheet = field(default_factory=_service)

    def __iter__(self) -> Iterator[Sheet]:
        return (getattr(self, each.name) for each in fields(self))


HOT: Final = tuple(
    model._meta.db_table
    for model in (
        Contract, Contract.drivers.through, Occupancy, Assignment, Handover, PriceLine, Charge, Payment,
        OdometerReading,
    )
)  # fmt: skip
