"""Contracts in the admin."""

from contracts.admin import (
    agreements,
    contract,
    find,
    finding,
    hands,
    quoting,
    records,
    reports,
    sides,
    standing,
    till,
    timeline,
)

__all__ = [
    "agreements",
    "contract",
    "find",
    "finding",
    "hands",
    "quoting",
    "records",
    "reports",
    "sides",
    "standing",
    "till",
    "timeline",
]
