"""Drawers that were counted, and the form that counts one."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from cars.models import Branch
from contracts import closing
from contracts.admin.filters import DaysFilter
from contracts.models import DayClose
from fleet.admin.forms import StepForm
from fleet.admin.records import RecordAdmin
from fleet.admin.steps import ask
from fleet.money import shown


class CountForm(StepForm):
    """What was in the drawer."""

    branch = forms.ModelChoiceField(Branch.objects.filter(is_active=True), label=_("branch"))
    day = forms.DateField(label=_("day"))
    counted_cash = forms.DecimalField(
        label=_("cash counted"),
        max_digits=12,
        decimal_places=2,
        help_text=_("Without the float; below 0 when the float had to help out."),
    )
    note = forms.CharField(
        label=_("note"),
        max_length=300,
        required=False,
        help_text=_("Why it is not what should be there."),
    )


@admin.register(DayClose)
class DayCloseAdmin(RecordAdmin):
    list_display = ("day", "branch", "expected_cash", "counted_cash", "difference", "note", "created_by")
    list_filter = (("day", DaysFilter), ("branch", AutocompleteSelectFilter))
    list_filter_submit = True
    list_select_related = ("branch", "created_by")
    ordering = ("-day", "branch")
    fields = ("branch", "day", "expected_cash", "counted_cash", "difference", "note", "created_at", "created_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("contracts.add_dayclose")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied

        def count(data: dict[str, Any]) -> tuple[Any, DayClose]:
            by: Any = request.user
            close = closing.close_day(data.pop("branch").pk, **data, by=by, now=timezone.now())
            told = {"close": close, "difference": shown(close.difference)}
            return _("Closed: %(close)s, difference %(difference)s.") % told, close

        initial = {"day": timezone.localdate(), "branch": request.GET.get("branch", "")}
        return ask(self, request, CountForm, count, title=_("Count the drawer"), initial=initial)
