"""Audit."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        from audit import logins, registry, runs  # noqa: PLC0415 - models are not there before

        registry.connect()
        logins.connect()
        runs.connect()
