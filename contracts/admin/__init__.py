"""Contracts in the admin."""

from contracts.admin import agreements, contract, records, till

__all__ = ["agreements", "contract", "records", "till"]
