"""Papers that somebody shows: what is recorded of them, to compare, to complete, and to say that they were seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers import verification
from customers.models import Customer
from fleet.admin.forms import StepForm, dress

_OF_A_PERSON: Final = (
    *("licence_number", "licence_country", "licence_issued_on", "licence_expires_on"),
    *("birth_date", "personal_id", "passport_number", "passport_expires_on"),
)
_OF_A_COMPANY: Final = ("company_name", "vat_number")


class ShownForm(forms.ModelForm):  # type: ignore[type-arg]
    """One person's papers. Ticked, they were seen as they are written here; left alone, nothing happens."""

    seen = forms.BooleanField(label=_("I have seen these papers; they are as written here"), required=False)

    class Meta:
        model = Customer
        fields = (*_OF_A_PERSON, *_OF_A_COMPANY)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, customer: Customer, by: User, sure: bool = False
    ) -> None:
        """With `sure` the form is about nothing else, and sending it says that they were seen."""
        self.sure = sure
        prefix = f"papers-{customer.pk}"
        sent = data is not None and any(name.startswith(f"{prefix}-") for name in data)
        super().__init__(
            data if sent else None,
            instance=customer,
            prefix=prefix,
            empty_permitted=True,
            use_required_attribute=False,
        )
        for name in _OF_A_COMPANY if customer.kind == Customer.Kind.PERSON else _OF_A_PERSON:
            del self.fields[name]
        self._leave_what_is_allowed(by)
        if "licence_country" in self.fields:
            countries: Any = self.fields["licence_country"]
            countries.widget = forms.Select(choices=countries.choices)
        dress(self.fields.values())

    def _leave_what_is_allowed(self, by: User) -> None:
        for name in self.written:
            self.fields[name].disabled = not by.has_perm("customers.change_customer")
            if not by.has_perm("customers.view_pii"):
                del self.fields[name]
        if self.sure or not by.has_perm("customers.verify_customer"):
            del self.fields["seen"]

    @property
    def written(self) -> list[str]:
        """Return the names of what stands on the papers."""
        return [name for name in self.fields if name != "seen"]

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        if "seen" in self.fields and not entered.get("seen"):
            self.add_error("seen", _("Tick this when you have seen what you write."))
        for name in verification.PROOF[Customer.Kind(self.instance.kind)]:
            if name in self.fields and name in entered and not entered[name]:
                self.add_error(name, _("Without this nobody has shown the papers."))
        return entered

    @property
    def is_seen(self) -> bool:
        return self.sure or (self.is_bound and bool(self.cleaned_data.get("seen")))

    def take(self, *, by: User, now: datetime) -> None:
        """Write what was completed and that the papers were seen. Raises Unverifiable, LicenceExpired and Gone."""
        if not self.is_seen:
            return
        if written := [name for name in self.changed_data if name != "seen"]:
            self.instance.save(update_fields=written)
        verification.verify(self.instance.pk, by=by, now=now)


class VerifyForm(StepForm):
    """The papers as recorded, in front of whoever holds them in the hand."""

    template = "admin/customers/verify.html"

    def prepare(self) -> None:
        by: Any = self.request.user
        self.papers = ShownForm(self.data if self.is_bound else None, customer=self.row, by=by, sure=True)

    def clean(self) -> dict[str, Any]:
        if self.papers.is_bound and not self.papers.is_valid():
            raise ValidationError(_("Please correct what is marked below."))
        return {"papers": self.papers}
