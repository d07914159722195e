"""Customers in the admin."""

from customers.admin import customer, finding, papers

__all__ = ["customer", "finding", "papers"]
