"""The outbox of letters: what waits, what was sent, what was given up, and the button that tries again."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.paginator import InfinitePaginator

from fleet.admin.records import RecordAdmin
from fleet.admin.steps import step
from notifications import delivery
from notifications.models import Email


@admin.register(Email)
class EmailAdmin(RecordAdmin):
    paginator = InfinitePaginator
    list_display = ("created_at", "template", "to", "status", "attempts", "sent_at", "last_error")
    list_filter = (("status", ChoicesDropdownFilter), ("created_at", RangeDateTimeFilter))
    list_filter_submit = True
    search_fields = ("to__iexact",)
    search_help_text = _("An address, in full.")
    ordering = ("-id",)
    fields = (
        ("to", "template"),
        ("language", "status"),
        ("attempts", "next_try_at"),
        ("sent_at", "repeats"),
        ("last_error", "created_at"),
    )
    readonly_fields = (
        "to",
        "template",
        "language",
        "status",
        "attempts",
        "next_try_at",
        "sent_at",
        "repeats",
        "last_error",
        "created_at",
    )
    server_set = ()
    actions_detail = ("retry",)

    @step(
        _("Send again"),
        permission="notifications.retry_email",
        when=lambda email: email.status == Email.Status.FAILED,
        icon="replay",
        primary=True,
    )
    def retry(self, request: HttpRequest, email: Email, data: dict[str, Any]) -> Any:
        delivery.retry(email.pk, by=request.user, now=timezone.now())
        return _("It will be sent in a moment.")
