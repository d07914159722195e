"""Where lists are, and where a record is shown for those who may look at it there: nothing leads to a closed door."""

from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.fields import UnfoldAdminReadonlyField

from fleet import actor


def list_of(label: str) -> Any:
    """Return the admin that lists "app.model", None when nothing does."""
    return next((one for model, one in admin.site._registry.items() if model._meta.label_lower == label), None)


def to_list(label: str, query: str = "") -> str:
    """Return the address of the list of "app.model", filtered and sorted as the query says."""
    address = reverse(f"{admin.site.name}:{label.replace('.', '_')}_changelist")
    return f"{address}?{query}" if query else address


def to(request: HttpRequest, label: str | None, pk: Any) -> str:
    """Return the address of the page of "app.model" and its id; nothing without a page or the right to see it."""
    if not label or not pk:
        return ""
    model = apps.get_model(label)
    known = admin.site._registry.get(model)
    if known is None or not known.has_view_or_change_permission(request):
        return ""
    return reverse(f"{admin.site.name}:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk])


def to_row(request: HttpRequest, row: Model | None) -> str:
    """Return the same for a row."""
    return to(request, row._meta.label_lower, row.pk) if row is not None else ""


def _linked(field: UnfoldAdminReadonlyField, relation: Any, row: Model) -> Any:
    """Name the row that a field points to, as a link where whoever looks may follow it."""
    request: Any = SimpleNamespace(user=actor.current_user(), GET={})
    address = to_row(request, row) if request.user else ""
    return format_html('<a href="{}" class="text-link">{}</a>', address, row) if address else str(row)


def ask_before_linking() -> None:
    """Django and Unfold link whatever is registered, and offer no hook to ask first."""
    UnfoldAdminReadonlyField.get_admin_url = _linked
