"""Contracts in the admin."""

from contracts.admin import agreements, contract, records, till, timeline

__all__ = ["agreements", "contract", "records", "till", "timeline"]
