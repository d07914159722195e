"""Forms of customers and flags."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from customers import duplicates, phones
from customers.admin import explained
from customers.models import Customer, Flag
from fleet.admin.forms import StepForm
from fleet.errors import Invalid

_SAME: Final = {
    "licence": _("same licence"),
    "passport": _("same passport"),
    "personal_id": _("same personal id"),
    "phone": _("same phone"),
    "email": _("same e-mail"),
    "name": _("similar name"),
}


class PhoneField(forms.CharField):
    """Shows in groups what is kept as E.164."""

    def prepare_value(self, value: Any) -> Any:
        return phones.shown(value) if value and str(value).startswith("+") else value


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]
    phone = PhoneField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_(
            "As written on paper; without a country code it is a number of the customer's country, else of ours."
        ),
    )

    allow_duplicate = forms.BooleanField(
        label=_("It is somebody else: enter a new customer"), required=False, widget=UnfoldBooleanWidget
    )
    asked_by: Any = None

    class Meta:
        model = Customer
        fields = ("phone",)

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        try:
            entered["phone"] = phones.normalised(entered.get("phone", ""), entered.get("country") or "")
        except Invalid as error:
            self.add_error("phone", ValidationError(error.detail, code=error.code))
        if self.instance._state.adding and not self.errors and not entered.get("allow_duplicate"):
            self._compare(entered)
        return entered

    def _compare(self, entered: dict[str, Any]) -> None:
        """Say who may be the same; the box below lets one go on."""
        found = duplicates.candidates(entered, Customer.objects.visible_to(self.asked_by))
        if not found:
            return
        links = (
            (reverse("admin:customers_customer_change", args=[one.customer.pk]), one.customer, _reasons(one))
            for one in found
        )
        listed = format_html_join(", ", '<a href="{}" class="underline" target="_blank">{}</a> ({})', links)
        self.add_error(
            None, ValidationError(format_html("{} {}", _("Known already?"), listed), code="possible_duplicate")
        )


def _reasons(candidate: duplicates.Candidate) -> str:
    return ", ".join(str(_SAME[reason]) for reason in candidate.reasons)


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
    explains = explained.FLAG
    kind = forms.ChoiceField(label=_("kind"), choices=Flag.Kind.choices, widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(label=_("reason"), max_length=300, widget=UnfoldAdminTextInputWidget)
