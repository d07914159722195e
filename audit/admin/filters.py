"""Filters of the trail in the admin; each is answered by an index (audit/migrations/0004)."""

from ipaddress import ip_address
from typing import Any

from auditlog.models import LogEntry
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, TextFilter

from audit import history
from audit.registry import TRACKED


class ModelFilter(DropdownFilter):  # type: ignore[misc]
    """By what the entry is about; only what the trail keeps is offered."""

    title = _("kind")
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        models = {label.lower(): apps.get_model(label) for label in TRACKED}
        return sorted(
            ((label, capfirst(str(model._meta.verbose_name))) for label, model in models.items()),
            key=lambda one: one[1],
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        if not self.value():
            return queryset
        return queryset.filter(content_type=ContentType.objects.get_for_model(apps.get_model(self.value())))


class WhatFilter(DropdownFilter):  # type: ignore[misc]
    """By the kind of access."""

    title = _("access")
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("login", _("log-in")),
            ("login_failed", _("failed log-in")),
            ("login_locked", _("locked out")),
            ("logout", _("log-out")),
            ("key_refused", _("refused key")),
            ("password_changed", _("new password")),
            ("export", _("export")),
            ("download", _("download")),
            ("view", _("look at a document")),
            ("override", _("override")),
            ("command", _("command")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        return history.accesses(queryset, self.value()) if self.value() else queryset


class DoorFilter(TextFilter):  # type: ignore[misc]
    title = _("door")
    parameter_name = "door"

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        return history.through(queryset, self.value().strip()) if self.value() else queryset


class AddressFilter(TextFilter):  # type: ignore[misc]
    title = _("address")
    parameter_name = "address"

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        if not self.value():
            return queryset
        try:
            return queryset.filter(remote_addr=str(ip_address(self.value().strip())))
        except ValueError:
            return queryset.none()
