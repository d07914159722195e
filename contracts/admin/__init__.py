"""Contracts in the admin."""

from contracts.admin import agreements, contract, find, finding, quoting, records, reports, till, timeline

__all__ = ["agreements", "contract", "find", "finding", "quoting", "records", "reports", "till", "timeline"]
