"""Contracts in the admin."""

from contracts.admin import contract, records, till

__all__ = ["contract", "records", "till"]
