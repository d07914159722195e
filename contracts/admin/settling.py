"""The form that closes a contract: what is still to pay, from where it comes, and what becomes of the deposit."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import asking
from accounts.models import User
from contracts import lifecycle, payments
from contracts.models import Contract, Payment
from fleet.admin.forms import Section, StepForm
from fleet.money import shown

_DEPOSIT: Final = "deposit"
_KEEP: Final = "contracts.capture_deposit"


class SettleForm(StepForm):
    """What is owed can be paid here: by the customer, or from the deposit by those who may keep of it."""

    covered_by = forms.ChoiceField(label=_("how it is paid"), required=False, widget=forms.RadioSelect)
    release_deposit = forms.BooleanField(label=_("give the deposit back"), required=False)

    def prepare(self) -> None:
        super().prepare()
        self.owed, self.held = self.row.balance, self.row.held
        self.fields["covered_by"].choices = list(self._ways())  # type: ignore[attr-defined]
        if not self.fields["covered_by"].choices:  # type: ignore[attr-defined]
            del self.fields["covered_by"]
        if self.held > 0:
            self.fields["release_deposit"].initial = True
            self.fields["release_deposit"].help_text = _("%(held)s are held.") % {"held": shown(self.held)}
        else:
            del self.fields["release_deposit"]

    def _ways(self) -> Iterator[tuple[str, Any]]:
        if self.owed <= 0:
            return
        if self._may_keep:
            part = {"amount": shown(min(self.owed, self.held))}
            yield _DEPOSIT, _("Take %(amount)s from the deposit") % part
        if self.request.user.has_perm("contracts.add_payment"):
            yield from Payment.Method.choices

    @property
    def _may_keep(self) -> bool:
        return bool(self.held > 0 and self.request.user.has_perm(_KEEP))

    def sections(self) -> Iterator[Section]:
        ways = self.given("covered_by")
        yield Section([ways] if ways else [], note=self._told())
        if "release_deposit" in self.fields:
            yield Section([self.given("release_deposit")], _("Deposit"))

    def _told(self) -> Any:
        if self.owed > 0:
            said = _("There is still %(amount)s to pay.") % {"amount": shown(self.owed)}
            if self.held > 0 and not self._may_keep:
                how = _("A manager or an accountant can take it from the deposit.")
                said = f"{said} {how} {asking.whom(_KEEP)}"
            return said
        if self.owed < 0:
            return _("There is still %(amount)s to refund.") % {"amount": shown(-self.owed)}
        return _("Everything is paid.")

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        covered_by, release = entered.get("covered_by", ""), bool(entered.get("release_deposit"))

        def settle(*, by: User, now: datetime) -> Contract:
            return pay_and_settle(self.row, covered_by, release_deposit=release, by=by, now=now)

        return {"settle": settle}


@transaction.atomic
def pay_and_settle(contract: Contract, covered_by: str, *, release_deposit: bool, by: User, now: datetime) -> Contract:
    """Take what is owed, from the deposit or by a method, and close: all of it or nothing."""
    owed: Decimal = contract.balance  # type: ignore[attr-defined]
    if covered_by and covered_by != _DEPOSIT and owed > 0:
        payments.record(contract.pk, kind=Payment.Kind.PAYMENT, method=covered_by, amount=owed, by=by, now=now)
    return lifecycle.settle(
        contract.pk, capture_deposit=covered_by == _DEPOSIT, release_deposit=release_deposit, by=by, now=now
    )
