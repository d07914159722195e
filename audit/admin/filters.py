"""Filters of the trail in the admin."""

from typing import Any

from auditlog.models import LogEntry
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

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
