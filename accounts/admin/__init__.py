"""The admin of accounts."""

from accounts.admin import account, credentials, language, passwords, people, saved, signin

__all__ = ["account", "credentials", "language", "passwords", "people", "saved", "signin"]
