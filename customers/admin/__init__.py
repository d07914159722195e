"""Customers in the admin."""

from customers.admin import customer, finding, papers, standing

__all__ = ["customer", "finding", "papers", "standing"]
