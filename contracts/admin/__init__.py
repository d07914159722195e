"""Contracts in the admin."""

from contracts.admin import agreements, contract, records, reports, till, timeline

__all__ = ["agreements", "contract", "records", "reports", "till", "timeline"]
