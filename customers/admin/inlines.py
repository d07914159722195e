"""What is shown on a customer's page."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from customers.models import Document, Flag
from fleet.admin.base import FleetTabularInline
from fleet.admin.records import LookOnly


class FlagInline(LookOnly, FleetTabularInline):
    """To read; flags are raised and cleared by buttons."""

    model = Flag
    fields = ("kind", "level", "reason", "created_at", "created_by", "cleared_at", "cleared_by")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flag]:
        found: QuerySet[Flag] = super().get_queryset(request)
        return found.select_related("created_by", "cleared_by")


class DocumentInline(FleetTabularInline):
    model = Document
    fields = ("kind", "expires_on", "verified_at", "verified_by")
    readonly_fields = ("verified_at", "verified_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        found: QuerySet[Document] = super().get_queryset(request)
        return found.select_related("verified_by")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
