"""Forms of customers and flags."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from customers import phones
from customers.models import Customer, Flag
from fleet.admin.forms import StepForm
from fleet.errors import Invalid


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("As written on paper; without a country code it is a number of the customer's country."),
    )

    class Meta:
        model = Customer
        fields = ("phone",)

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        try:
            entered["phone"] = phones.normalised(entered.get("phone", ""), entered.get("country") or "")
        except Invalid as error:
            self.add_error("phone", ValidationError(error.detail, code=error.code))
        return entered


class NewFlagForm(forms.ModelForm):  # type: ignore[type-arg]
    level = forms.ChoiceField(
        label=_("level"),
        choices=[("", _("as usual for this kind")), *Flag.Level.choices],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = Flag
        fields = ("customer", "kind", "level", "reason")


class RaiseFlagForm(StepForm):
    kind = forms.ChoiceField(label=_("kind"), choices=Flag.Kind.choices, widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(label=_("reason"), max_length=300, widget=UnfoldAdminTextInputWidget)
