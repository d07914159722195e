"""Contracts in the admin."""

from contracts.admin import contract, records

__all__ = ["contract", "records"]
