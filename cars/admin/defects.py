"""Issues and damages in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from cars import damages, issues
from cars.admin import explained
from cars.admin.base import CarsAdmin, became, changed
from cars.admin.forms import RepairForm, ResolveForm
from cars.models import Damage, IssueReport
from files.admin import FilesAdmin
from fleet.admin.steps import step


@admin.register(IssueReport)
class IssueAdmin(FilesAdmin, CarsAdmin):
    explains = explained.ISSUE
    list_display = ("title", "car", "severity", "status", "restriction", "created_at", "reported_by")
    more_columns = ("estimated_cost", "actual_cost", "resolution", "resolved_by", "resolved_at", "updated_at")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("severity", ChoicesDropdownFilter),
        ("restriction", ChoicesDropdownFilter),
        ("car", AutocompleteSelectFilter),
    )
    list_select_related = ("car", "reported_by")
    search_help_text = _("Title, description, resolution or plate.")
    ordering = ("-created_at", "-id")
    autocomplete_fields = ("car",)
    readonly_fields = ("status", "resolution", "reported_by", "resolved_by", "resolved_at")
    fixed = ("car",)
    lasts = True
    actions_detail = ("start", "resolve", "close")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        entered = ["car", "title", "description", ("severity", "restriction"), ("estimated_cost", "actual_cost")]
        return [*entered, "status", "resolution", ("reported_by", "resolved_by", "resolved_at")] if obj else entered

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        closed = obj is not None and obj.status == IssueReport.Status.CLOSED
        return not closed and bool(super().has_change_permission(request, obj))

    def save_model(self, request: HttpRequest, obj: IssueReport, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        by: Any = request.user
        if not change:
            issues.report(obj, by=by, now=timezone.now())
        elif form.has_changed():
            became(obj, issues.revise(obj.pk, by=by, now=timezone.now(), **changed(form)))

    @step(
        _("Start"), permission="cars.change_issuereport", when=lambda issue: issue.status == "open", icon="play_arrow"
    )
    def start(self, request: HttpRequest, issue: IssueReport, data: dict[str, Any]) -> Any:
        issues.start(issue.pk, by=request.user)  # type: ignore[arg-type]
        return _("The work has begun.")

    @step(
        _("Resolve"),
        permission="cars.change_issuereport",
        form=ResolveForm,
        when=lambda issue: issue.status in ("open", "in_progress"),
        icon="check",
    )
    def resolve(self, request: HttpRequest, issue: IssueReport, data: dict[str, Any]) -> Any:
        issues.resolve(issue.pk, by=request.user, now=timezone.now(), **data)  # type: ignore[arg-type]
        return _("The issue is resolved.")

    @step(
        _("Close"),
        permission="cars.change_issuereport",
        when=lambda issue: issue.status == "resolved",
        icon="inventory_2",
        description=_("Nothing about it can be changed afterwards."),
    )
    def close(self, request: HttpRequest, issue: IssueReport, data: dict[str, Any]) -> Any:
        issues.close(issue.pk, by=request.user)  # type: ignore[arg-type]
        return _("The issue is closed.")


@admin.register(Damage)
class DamageAdmin(FilesAdmin, CarsAdmin):
    explains = explained.DAMAGE
    list_display = ("car", "panel", "kind", "note", "created_at", "repaired_at", "repair_cost")
    list_filter = (
        ("repaired_at", admin.EmptyFieldListFilter),
        ("panel", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("car", AutocompleteSelectFilter),
    )
    list_select_related = ("car",)
    search_help_text = _("Note or plate.")
    ordering = ("-created_at", "-id")
    autocomplete_fields = ("car",)
    readonly_fields = ("repaired_at", "repair_cost", "found_in")
    fixed = ("car",)
    lasts = True
    actions_detail = ("repair",)
    fields = ("car", ("panel", "kind"), "note", ("repaired_at", "repair_cost"), "found_in")

    @admin.display(description=_("found at"))
    def found_in(self, damage: Damage) -> str:
        """Lead to the hand-over, which belongs to an app above."""
        if damage.found_in_id is None:
            return "–"
        address = reverse("admin:contracts_handover_change", args=[damage.found_in_id])
        return format_html('<a href="{}">{}</a>', address, _("hand-over"))

    @step(
        _("Repaired"),
        permission="cars.change_damage",
        form=RepairForm,
        when=lambda damage: damage.repaired_at is None,
        icon="build",
    )
    def repair(self, request: HttpRequest, damage: Damage, data: dict[str, Any]) -> Any:
        damages.repair(damage.pk, by=request.user, now=timezone.now(), **data)  # type: ignore[arg-type]
        return _("The damage is repaired.")
