"""Flags and documents in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter

from customers import flags, verification
from customers.admin import explained
from customers.admin.forms import NewFlagForm
from customers.models import Document, Flag
from files.admin import FilesAdmin
from fleet.admin.base import FleetAdmin
from fleet.admin.steps import step


@admin.register(Flag)
class FlagAdmin(FleetAdmin):
    """Raised and cleared, never changed or deleted."""

    explains = explained.FLAG
    form = NewFlagForm
    list_display = ("customer", "kind", "level", "reason", "created_at", "created_by", "cleared_at")
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("level", ChoicesDropdownFilter),
        ("cleared_at", admin.EmptyFieldListFilter),
    )
    list_filter_submit = True
    list_select_related = ("customer", "created_by")
    search_fields = ("customer__name", "reason")
    autocomplete_fields = ("customer",)
    actions_detail = ("clear",)

    def get_fields(self, request: HttpRequest, obj: Flag | None = None) -> tuple[str, ...]:
        entered = ("customer", "kind", "level", "reason")
        return (*entered, "cleared_at", "cleared_by", *self.server_set) if obj else entered

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Flag, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        entered = dict(form.cleaned_data)
        by: Any = request.user
        flag = flags.raise_flag(entered.pop("customer").pk, **entered, by=by)
        obj.pk, obj._state.adding = flag.pk, False

    @step(_("Clear"), permission="customers.change_flag", when=lambda flag: flag.cleared_at is None, icon="flag_check")
    def clear(self, request: HttpRequest, flag: Flag, data: dict[str, Any]) -> Any:
        flags.clear_flag(flag.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("The flag is cleared.")


@admin.register(Document)
class DocumentAdmin(FilesAdmin):
    explains = explained.DOCUMENT
    list_display = ("customer", "kind", "expires_on", "verified_at", "verified_by")
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ("expires_on", RangeDateFilter),
        ("verified_at", admin.EmptyFieldListFilter),
    )
    list_filter_submit = True
    list_select_related = ("customer", "verified_by")
    search_fields = ("customer__name",)
    autocomplete_fields = ("customer",)
    readonly_fields = ("verified_at", "verified_by", "purge_after")
    fields = ("customer", "kind", "expires_on", *readonly_fields)
    actions_detail = ("verify",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "customer") if obj else fixed  # a document stays with its customer

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @step(
        _("Verify"),
        permission="customers.verify_customer",
        when=lambda document: document.verified_at is None,
        icon="verified",
        description=_("You have seen that the scan shows what it should."),
    )
    def verify(self, request: HttpRequest, document: Document, data: dict[str, Any]) -> Any:
        verification.verify_document(document.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("The document is verified.")
