"""The trail in the admin: read only, searched by exact keys, paged without counting."""

from typing import Any

from auditlog.models import LogEntry
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from audit import history, naming, telling
from audit.admin import runs, whole
from audit.admin.filters import AddressFilter, DoorFilter, ModelFilter, WhatFilter
from fleet.admin.records import RecordAdmin

__all__ = ["EntryAdmin", "runs", "whole"]

admin.site.unregister(LogEntry)  # auditlog registers its own


@admin.register(LogEntry)
class EntryAdmin(RecordAdmin):
    paginator = InfinitePaginator
    list_display = ("timestamp", "who", "did", "about", "what", "door", "summary")
    list_filter = (
        ("timestamp", RangeDateTimeFilter),
        ("action", ChoicesDropdownFilter),
        ModelFilter,
        WhatFilter,
        DoorFilter,
        AddressFilter,
        ("actor", AutocompleteSelectFilter),
    )
    list_filter_submit = True
    list_before_template = "admin/fleet/trail.html"
    export_permissions = None  # its own file has people by their pseudonyms
    search_fields = ("object_pk__exact", "cid__exact")  # what an index answers; the table grows with every change
    search_help_text = _("The id of an object or of a request, in full.")
    ordering = ("-timestamp", "-id")
    fields = ("timestamp", "who", "door", "remote_addr", "cid", "did", "what", "about", "object_pk", "told")
    readonly_fields = fields
    server_set = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogEntry]:
        return history.everything()

    def prepare(self, rows: Any, request: HttpRequest) -> None:
        naming.attach(rows, reader=request.user)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> LogEntry | None:
        entry: LogEntry | None = super().get_object(request, object_id, from_field)
        if entry is not None:
            naming.attach([entry], reader=request.user)
            entry.told = telling.changes(entry, reader=request.user)
        return entry

    @display(description=_("object"))  # type: ignore[untyped-decorator]
    def about(self, entry: LogEntry) -> str:
        return naming.shown(entry)

    @display(description=_("action"))  # type: ignore[untyped-decorator]
    def did(self, entry: LogEntry) -> str:
        return telling.action(entry)

    @display(description=_("who"))  # type: ignore[untyped-decorator]
    def who(self, entry: LogEntry) -> str:
        return telling.who(entry)

    @display(description=_("through"))  # type: ignore[untyped-decorator]
    def door(self, entry: LogEntry) -> str:
        return telling.door(entry)

    @display(description=_("kind"))  # type: ignore[untyped-decorator]
    def what(self, entry: LogEntry) -> str:
        model = history.model_of(entry)
        return str(model._meta.verbose_name) if model else ""

    @display(description=_("changes"))  # type: ignore[untyped-decorator]
    def summary(self, entry: LogEntry) -> str:
        """Name what an update changed and what an access says; a new row has everything."""
        if entry.action == LogEntry.Action.ACCESS:
            return telling.as_text(entry)
        updated = entry.action == LogEntry.Action.UPDATE
        return ", ".join(change.label for change in telling.changes(entry, {})) if updated else ""

    @display(description=_("changes"))  # type: ignore[untyped-decorator]
    def told(self, entry: LogEntry) -> SafeString:
        return mark_safe(render_to_string("admin/fleet/changes.html", {"changes": entry.told}))  # noqa: S308 - a template's output
