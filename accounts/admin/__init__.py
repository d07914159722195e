"""The admin of accounts."""

from accounts.admin import credentials, people

__all__ = ["credentials", "people"]
