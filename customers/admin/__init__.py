"""Customers in the admin."""

from customers.admin import customer, papers

__all__ = ["customer", "papers"]
