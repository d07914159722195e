"""Keys and log-ins by token in the admin."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import keys, programs, tokens
from accounts.admin import explained
from accounts.admin.forms import ApiKeyForm, RollForm
from accounts.models import ApiKey, TokenSession
from fleet.admin.base import FleetAdmin
from fleet.admin.records import RecordAdmin
from fleet.admin.steps import step


@admin.register(ApiKey)
class ApiKeyAdmin(FleetAdmin):
    """A key is shown once, in the message after it was made; it is revoked, never deleted."""

    explains = explained.KEY
    form = ApiKeyForm
    list_display = ("name", "prefix", "user", "read_only", "expires_at", "last_used_at", "revoked_at")
    list_filter = ("read_only", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username")
    autocomplete_fields = ("user",)
    readonly_fields = ("prefix", "last_used_at", "revoked_at")
    actions_detail = ("roll", "revoke")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "user") if obj else fixed  # a key never changes hands

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = ["name", "user", "read_only", "scopes", "addresses", "expires_at"]
        return [*fields, "prefix", "last_used_at", "revoked_at", *self.server_set] if obj else fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        if change:
            super().save_model(request, obj, form, change)
            return
        issued = keys.issue(**form.cleaned_data, id=obj.pk, by=request.user)  # type: ignore[arg-type]
        _show_once(request, issued)

    @step(
        _("Roll"),
        permission="accounts.add_apikey",
        form=RollForm,
        when=lambda key: not key.revoked_at,
        icon="autorenew",
        description=_("A new key with the same rights; the old one stops when the programs have had time to change."),
    )
    def roll(self, request: HttpRequest, key: ApiKey, data: dict[str, Any]) -> Any:
        overlap = timedelta(hours=data["overlap_hours"])
        _show_once(request, keys.roll(key.pk, by=request.user, now=timezone.now(), overlap=overlap))  # type: ignore[arg-type]
        return _("The key has a successor.")

    @step(
        _("Revoke"),
        permission="accounts.change_apikey",
        when=lambda key: not key.revoked_at,
        icon="key_off",
        danger=True,
    )
    def revoke(self, request: HttpRequest, key: ApiKey, data: dict[str, Any]) -> Any:
        keys.revoke(key.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("The key is revoked.")


def _show_once(request: HttpRequest, issued: keys.Issued) -> None:
    messages.warning(request, _("The key is shown only now; copy it: %(key)s") % {"key": issued.plain})


@admin.register(TokenSession)
class TokenSessionAdmin(RecordAdmin):
    """Who is logged in by token; to look at and to end."""

    list_display = ("user", "address", "program", "created_at", "last_used_at", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("user__username", "address")
    fields = (*list_display, "revoke_reason")
    actions_detail = ("end",)

    @admin.display(description=_("program"), ordering="user_agent")
    def program(self, session: TokenSession) -> str:
        return programs.told(session.user_agent)

    @step(
        _("End"),
        permission="accounts.change_tokensession",
        when=lambda one: not one.revoked_at,
        icon="logout",
        danger=True,
    )
    def end(self, request: HttpRequest, session: TokenSession, data: dict[str, Any]) -> Any:
        tokens.end(session.pk, now=timezone.now(), reason="ended_by_admin")
        return _("The log-in is ended.")
