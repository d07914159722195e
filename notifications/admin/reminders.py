"""Who is reminded of what, and when."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.roles import NAMES, STAFF_ROLES, named
from fleet.admin.base import FleetAdmin
from notifications.admin import explained
from notifications.models import ReminderRule


class RuleForm(forms.ModelForm):  # type: ignore[type-arg] # generic for the type checker only
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = [("", _("every branch")), *import_string(settings.FLEET_BRANCHES)()]
        self.fields["branch_id"] = forms.TypedChoiceField(
            label=_("branch"), required=False, choices=branches, empty_value=None, widget=UnfoldAdminSelectWidget
        )
        self.fields["role"] = forms.ChoiceField(
            label=_("role"), choices=[(role, NAMES[role]) for role in STAFF_ROLES], widget=UnfoldAdminSelectWidget
        )


@admin.register(ReminderRule)
class ReminderRuleAdmin(FleetAdmin):
    explains = explained.RULE
    form = RuleForm
    list_display = ("subject", "offsets", "shown_role", "at_once", "is_active")
    list_filter = (("subject", ChoicesDropdownFilter), "at_once", "is_active")
    fields = (("subject", "offsets"), ("role", "branch_id"), ("at_once", "is_active"))

    @admin.display(description=_("role"), ordering="role")
    def shown_role(self, rule: ReminderRule) -> str:
        return named([rule.role])
