"""What happened, read only."""

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import FieldTextFilter, RangeDateTimeFilter
from unfold.paginator import InfinitePaginator

from fleet.admin.records import RecordAdmin
from notifications.models import Event


@admin.register(Event)
class EventAdmin(RecordAdmin):
    paginator = InfinitePaginator
    list_display = ("id", "created_at", "type", "subject", "subject_id")
    list_filter = (("type", FieldTextFilter), ("created_at", RangeDateTimeFilter))
    list_filter_submit = True
    search_fields = ("subject_id__exact",)
    search_help_text = _("The id of an object, in full.")
    ordering = ("-id",)
    fields = ("id", "created_at", "type", "subject", "subject_id", "said")
    readonly_fields = fields
    server_set = ()

    @admin.display(description=_("payload"))
    def said(self, event: Event) -> SafeString:
        """Unfold would colour it by styles inside the page, which the policy forbids."""
        return format_html('<pre class="fleet-json">{}</pre>', json.dumps(event.payload, indent=2, ensure_ascii=False))
