"""Audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        from audit import logins, registry, runs  # noqa: PLC0415 - models are not there before

        registry.connect()
        logins.connect()
        runs.connect()
