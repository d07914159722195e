"""The admin of accounts."""

from accounts.admin import account, columns, credentials, language, log_ins, passwords, people, saved, signin

__all__ = ["account", "columns", "credentials", "language", "log_ins", "passwords", "people", "saved", "signin"]
