"""The admin of accounts."""

from accounts.admin import account, credentials, passwords, people, signin

__all__ = ["account", "credentials", "passwords", "people", "signin"]
