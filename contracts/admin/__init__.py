"""Contracts in the admin."""

from contracts.admin import agreements, contract, records, reports, till

__all__ = ["agreements", "contract", "records", "reports", "till"]
