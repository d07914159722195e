"""What happened, read only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import FieldTextFilter, RangeDateTimeFilter
from unfold.paginator import InfinitePaginator

from fleet.admin.base import FleetAdmin
from notifications.models import Event


@admin.register(Event)
class EventAdmin(FleetAdmin):
    paginator = InfinitePaginator
    list_display = ("id", "created_at", "type", "subject", "subject_id")
    list_filter = (("type", FieldTextFilter), ("created_at", RangeDateTimeFilter))
    list_filter_submit = True
    search_fields = ("subject_id__exact",)
    search_help_text = _("The id of an object, in full.")
    ordering = ("-id",)
    fields = ("id", "created_at", "type", "subject", "subject_id", "payload")
    readonly_fields = fields
    server_set = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
