"""Contracts in the admin."""

<<<<<<< HEAD
from contracts.admin import agreements, contract, records, reports, till, timeline

__all__ = ["agreements", "contract", "records", "reports", "till", "timeline"]
=======
from contracts.admin import agreements, contract, find, quoting, records, till

__all__ = ["agreements", "contract", "find", "quoting", "records", "till"]
>>>>>>> a394821 (Rent a car out on one page: customer, car, extras, price as it stands, deposit, and straight on to the check-out)
