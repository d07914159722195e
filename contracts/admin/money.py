"""Forms about money: deposits, payments, charges, lines."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts import asking
from contracts import payments, wording
from contracts.admin.overriding import Overriding
from contracts.errors import LEAST_REASON, PaymentRefused
from contracts.models import Contract, Payment
from contracts.models.money import LineKind
from contracts.payments import Tender
from customers.models import Customer
from fleet.admin.forms import Section, StepForm, searching
from fleet.errors import DomainError
from fleet.money import MOST, shown

ONCE: Final = "desk-"  # before the token of a payment that has no slip
WAIVE: Final = "contracts.waive_charge"
_NO_DEPOSIT: Final = "contracts.waive_deposit"
_LATER: Final = "later"
_LONGEST_REASON: Final = 300


def who_waives() -> str:
    """Return whom to ask, for who may not waive."""
    return f"{_('A manager can waive them.')} {asking.whom(WAIVE)}"


class ConfirmForm(Overriding):
    """Asks for what is missing: the customer, the deposit."""

    aliases = {"reason": "waive_deposit", "customer": "customer_id"}

    customer_id = forms.ModelChoiceField(
        Customer.objects.living(), label=_("customer"), widget=searching(Contract, "customer")
    )
    method = forms.ChoiceField(
        label=_("deposit paid by"), choices=Payment.Method.choices, required=False, widget=forms.RadioSelect
    )
    external_id = forms.CharField(
        label=_("number of the slip"), required=False, max_length=80, help_text=_("What the terminal printed.")
    )
    waive_deposit = forms.CharField(label=_("or no deposit, because"), required=False, max_length=_LONGEST_REASON)

    def prepare(self) -> None:
        super().prepare()
        self.missing = max(self.row.deposit - self.row.held, Decimal(0))
        if self.row.customer_id:
            del self.fields["customer_id"]
        if not self.missing:
            for name in ("method", "external_id", "waive_deposit"):
                del self.fields[name]
        elif not self.request.user.has_perm(_NO_DEPOSIT):
            del self.fields["waive_deposit"]

    def asked(self) -> Iterator[Section]:
        if "customer_id" in self.fields:
            yield Section([self.given("customer_id")])
        if self.missing:
            note = _("%(missing)s of the deposit are missing.") % {"missing": shown(self.missing)}
            if "waive_deposit" not in self.fields:
                note = f"{note} {_('A manager can let the car go without.')} {asking.whom(_NO_DEPOSIT)}"
            yield Section([self.given("method", "external_id"), self.given("waive_deposit")], _("Deposit"), note)

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        method, external_id = entered.pop("method", ""), entered.pop("external_id", "")
        customer = entered.pop("customer_id", None)
        if method:
            entered["deposit"] = Tender(method, external_id)
        if customer:
            entered["customer_id"] = customer.pk
        return entered


class PaymentForm(StepForm):
    """One movement of money; only what the user may do is offered."""

    kind = forms.ChoiceField(label=_("what"))
    method = forms.ChoiceField(label=_("how"), choices=Payment.Method.choices, widget=forms.RadioSelect)
    amount = forms.DecimalField(
        label=_("amount"), min_value=Decimal("0.01"), max_value=MOST, max_digits=12, decimal_places=2
    )
    external_id = forms.CharField(
        label=_("number of the slip"), required=False, max_length=80, help_text=_("What the terminal or the bank says.")
    )
    note = forms.CharField(label=_("note"), required=False, max_length=200)
    # Names the payment when nothing else does, so that a double click pays once.
    token = forms.RegexField(r"[0-9a-f]{32}", required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        super().prepare()
        kinds = payments.allowed(self.request.user)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["token"].initial = uuid4().hex
        if self.row and self.row.balance > 0:
            self.fields["amount"].initial = self.row.balance

    def sections(self) -> Iterator[Section]:
        rows = [self.given("contract"), self.given("kind", "amount"), self.given("method", "external_id")]
        yield Section([*filter(None, rows), self.given("note")])

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        token = entered.pop("token", "")
        if token and not entered.get("external_id"):
            entered["external_id"] = f"{ONCE}{token}"
        return entered

    def refuse(self, error: DomainError | IntegrityError) -> None:
        super().refuse(error)
        if isinstance(error, PaymentRefused):  # whatever comes next is another payment
            self.data = {**self.data.dict(), "token": uuid4().hex}  # type: ignore[attr-defined]


class NewPaymentForm(PaymentForm):
    contract = forms.ModelChoiceField(
        Contract.objects.all(), label=_("contract"), widget=searching(Payment, "contract")
    )


class LineForm(StepForm):
    kind = forms.ChoiceField(
        label=_("what"), choices=[(one.value, one.label) for one in (LineKind.DISCOUNT, LineKind.FINE, LineKind.OTHER)]
    )
    description = forms.CharField(label=_("description"), max_length=200)
    amount = forms.DecimalField(
        label=_("amount"),
        min_value=Decimal("0.01"),
        max_value=MOST,
        max_digits=12,
        decimal_places=2,
        help_text=_("A discount is subtracted."),
    )

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        if entered.get("kind") == LineKind.DISCOUNT and "amount" in entered:
            entered["amount"] = -entered["amount"]
        return entered


class ChargesForm(StepForm):
    """Every proposed charge with what becomes of it."""

    def prepare(self) -> None:
        super().prepare()
        may_waive = self.request.user.has_perm(WAIVE)
        choices = [("accept", _("accept")), *([("waive", _("waive"))] if may_waive else []), (_LATER, _("later"))]
        self.charges = list(self.row.charges.proposed())
        for charge in self.charges:
            label = f"{charge.get_kind_display()} {shown(charge.amount)}"
            self.fields[f"do-{charge.pk}"] = forms.ChoiceField(
                label=label,
                choices=choices,
                initial="accept",
                widget=forms.RadioSelect,
                help_text=wording.told(charge.explained),
            )
            if may_waive:
                self.fields[f"why-{charge.pk}"] = forms.CharField(
                    label=_("reason, when waived"), required=False, max_length=_LONGEST_REASON
                )

    def sections(self) -> Iterator[Section]:
        note: Any = _("No charge waits for a decision.")
        if self.charges:
            note = "" if self.request.user.has_perm(WAIVE) else who_waives()
        yield Section([self.given(f"do-{charge.pk}", f"why-{charge.pk}") for charge in self.charges], note=note)

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = {charge.pk: entered.get(f"do-{charge.pk}") for charge in self.charges}
        waived = {pk: entered.get(f"why-{pk}", "") for pk, what in chosen.items() if what == "waive"}
        for pk, reason in waived.items():
            if len(reason) < LEAST_REASON:
                self.add_error(f"why-{pk}", _("Say in at least 10 characters why."))
        if not self.errors and set(chosen.values()) <= {_LATER}:
            raise ValidationError(_("Nothing is decided."))
        return {"accepted": [pk for pk, what in chosen.items() if what == "accept"], "waived": waived}


class ReasonForm(StepForm):
    reason = forms.CharField(
        label=_("reason"),
        max_length=_LONGEST_REASON,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("At least 10 characters; it is kept."),
    )
