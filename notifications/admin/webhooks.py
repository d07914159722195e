"""Webhooks and their log in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.paginator import InfinitePaginator

from fleet.admin.base import FleetAdmin
from fleet.admin.records import RecordAdmin
from fleet.admin.steps import step
from notifications import signing, webhooks
from notifications.admin import explained
from notifications.models import WebhookDelivery, WebhookEndpoint


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(FleetAdmin):
    """The secret is shown once, in the message after it was made."""

    explains = explained.WEBHOOK
    list_display = ("url", "user", "description", "is_active", "failing_since", "created_at")
    list_filter = ("is_active",)
    list_select_related = ("user",)
    search_fields = ("url", "user__username")
    autocomplete_fields = ("user",)
    fields: Any = (("user", "url"), ("description", "types"), "is_active")
    readonly_fields = ("rolled_at", "failing_since", "disabled_reason")
    actions_detail = ("roll", "switch_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "user") if obj else fixed

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, *self.readonly_fields, *self.server_set) if obj else self.fields

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        super().save_model(request, obj, form, change)
        if not change:
            _show_once(request, obj)

    @step(
        _("Change the secret"),
        permission="notifications.change_webhookendpoint",
        icon="key",
        description=_("For a day messages bear signatures of both, the new and the former secret."),
    )
    def roll(self, request: HttpRequest, endpoint: WebhookEndpoint, data: dict[str, Any]) -> Any:
        _show_once(request, webhooks.roll(endpoint.pk, by=request.user, now=timezone.now()))  # type: ignore[arg-type]
        return _("The secret is changed.")

    @step(
        _("Switch on"),
        permission="notifications.change_webhookendpoint",
        when=lambda endpoint: not endpoint.is_active,
        icon="autorenew",
    )
    def switch_on(self, request: HttpRequest, endpoint: WebhookEndpoint, data: dict[str, Any]) -> Any:
        webhooks.switch_on(endpoint.pk, by=request.user)  # type: ignore[arg-type]
        return _("It is told again what happens.")


def _show_once(request: HttpRequest, endpoint: WebhookEndpoint) -> None:
    messages.warning(request, _("The secret is shown only now; copy it: %s") % signing.secret(endpoint))


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(RecordAdmin):
    paginator = InfinitePaginator
    list_display = ("created_at", "endpoint", "event", "status", "attempts", "answer", "milliseconds", "last_error")
    list_filter = (("status", ChoicesDropdownFilter), ("created_at", RangeDateTimeFilter))
    list_filter_submit = True
    list_select_related = ("endpoint", "event")
    ordering = ("-id",)
    fields: Any = (
        ("endpoint", "event"),
        ("status", "attempts"),
        ("answer", "milliseconds"),
        ("delivered_at", "next_try_at"),
        ("last_error", "created_at"),
    )
    readonly_fields = (
        "endpoint",
        "event",
        "status",
        "attempts",
        "answer",
        "milliseconds",
        "delivered_at",
        "next_try_at",
        "last_error",
        "created_at",
    )
    server_set = ()
    actions_detail = ("send_again",)

    @step(
        _("Send again"),
        permission="notifications.resend_webhookdelivery",
        when=lambda delivery: delivery.status in ("delivered", "failed"),
        icon="replay",
        primary=True,
    )
    def send_again(self, request: HttpRequest, delivery: WebhookDelivery, data: dict[str, Any]) -> Any:
        webhooks.send_again(delivery.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("It will be sent in a moment.")
