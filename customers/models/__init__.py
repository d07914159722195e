"""Customers, what they proved with, and what the counter should know about them."""

from customers.models.attachment import Attachment
from customers.models.customer import Customer
from customers.models.document import Document
from customers.models.flag import Flag

__all__ = ["Attachment", "Customer", "Document", "Flag"]
