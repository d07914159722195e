"""A customer who stands at the counter for the first time, entered together with the rental."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers import identity, phones, verification
from customers.models import Customer
from fleet.admin.forms import dress
from fleet.errors import Invalid

_MOST_ALIKE: Final = 3


class NewcomerForm(forms.ModelForm):  # type: ignore[type-arg]
    """Left empty it is nobody. A phone without a country code is one of the `country` of the counter."""

    country = ""

    phone = forms.CharField(
        label=_("phone"), max_length=40, required=False, widget=forms.TextInput({"type": "tel", "inputmode": "tel"})
    )
    seen = forms.BooleanField(label=_("I have seen the licence"), required=False)

    class Meta:
        model = Customer
        fields = (
            *("name", "phone", "email", "birth_date"),
            *("licence_number", "licence_country", "licence_issued_on", "licence_expires_on"),
        )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="new", empty_permitted=True, use_required_attribute=False)
        self.fields["licence_country"].widget = forms.Select(choices=self.fields["licence_country"].choices)  # type: ignore[attr-defined]
        dress(self.fields.values())

    def clean_phone(self) -> str:
        try:
            return phones.normalised(self.cleaned_data["phone"], self.country)
        except Invalid as error:
            raise ValidationError(error.detail, code=error.code) from error

    def enter(self, *, by: User, now: datetime) -> Customer:
        """Write the customer, verified when the licence was seen. Raises Unverifiable and LicenceExpired."""
        customer: Customer = self.save()
        return verification.verify(customer.pk, by=by, now=now) if self.cleaned_data["seen"] else customer

    def alike(self) -> Sequence[Customer]:
        """Return customers who may be the same person; one statement for each thing that is known."""
        self.full_clean()
        said = getattr(self, "cleaned_data", {})
        living, found = Customer.objects.living(), dict[Any, Customer]()
        licence = identity.number(said.get("licence_number") or "")
        asked = (
            living.filter(phone=said["phone"]) if said.get("phone") else None,
            living.with_licence(licence) if licence else None,
            living.named_like(said["name"]) if said.get("name") else None,
        )
        for rows in asked:
            if rows is not None:
                found |= {one.pk: one for one in rows[:_MOST_ALIKE]}
        return list(found.values())[:_MOST_ALIKE]
