"""Rows that verbs write: to look at in the admin, never to be edited there by hand."""

from typing import Any

from django.http import HttpRequest

from fleet.admin.base import FleetAdmin, FleetTabularInline


class LookOnly:
    """Mixin for an admin or an inline that only shows."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecordAdmin(LookOnly, FleetAdmin):
    """A list and a page without a form."""


class RecordInline(LookOnly, FleetTabularInline):
    """Rows on the page of what they belong to."""

    can_delete = False
    show_change_link = False
    show_title = False
