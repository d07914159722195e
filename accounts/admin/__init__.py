"""The admin of accounts."""

from accounts.admin import account, credentials, people, signin

__all__ = ["account", "credentials", "people", "signin"]
