"""The admin of accounts."""

from accounts.admin import account, columns, credentials, language, passwords, people, saved, signin

__all__ = ["account", "columns", "credentials", "language", "passwords", "people", "saved", "signin"]
