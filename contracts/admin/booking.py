"""The form that books: what to rent, when and for whom. Prices, status and actor are not asked."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cars.models import Branch, Car
from contracts import lifecycle
from contracts.admin import explained
from contracts.admin.clock import WallClockField, asked_for, instant
from contracts.admin.clock import shown as shown_at
from contracts.admin.newcomer import NewcomerForm
from contracts.admin.overriding import Overriding
from contracts.booking import Booking
from contracts.errors import DepositOpen, OutOfStock
from contracts.models import Contract, Extra, Payment
from contracts.payments import Tender
from contracts.status import Status
from customers.models import Customer
from fleet.admin.forms import searching
from fleet.errors import DomainError
from fleet.money import shown

_QUARTER: Final = timedelta(minutes=15)


class BookingForm(Overriding):
    """Times are those of the pick-up branch's clock.

    `then=confirm` also takes the deposit and confirms; `then=check_out` leads on to the check-out.
    """

    explains = explained.BOOKING
    template = "admin/contracts/rental.html"

    car = forms.ModelChoiceField(Car.objects.with_desk(), label=_("car"), widget=searching(Contract, "car"))
    customer = forms.ModelChoiceField(
        Customer.objects.living(),
        label=_("customer"),
        required=False,
        widget=searching(Contract, "customer"),
        help_text=_("May follow until the booking is confirmed."),
    )
    start_at = WallClockField(label=_("pick-up"))
    end_at = WallClockField(label=_("due back"))
    drivers = forms.ModelMultipleChoiceField(
        Customer.objects.living(),
        label=_("drivers"),
        required=False,
        widget=searching(Contract, "drivers"),
        help_text=_("Empty means that the customer drives."),
    )
    pickup_branch = forms.ModelChoiceField(
        Branch.objects.filter(is_active=True),
        label=_("pick-up at"),
        required=False,
        empty_label=_("where the car stands"),
    )
    return_branch = forms.ModelChoiceField(
        Branch.objects.filter(is_active=True), label=_("return to"), required=False, empty_label=_("the same branch")
    )
    pickup_place = forms.CharField(label=_("pick-up place"), required=False, max_length=200)
    return_place = forms.CharField(label=_("return place"), required=False, max_length=200)
    channel = forms.ChoiceField(label=_("channel"), choices=Contract.Channel.choices, initial=Contract.Channel.COUNTER)
    external_ref = forms.CharField(label=_("external reference"), required=False, max_length=80)
    notes = forms.CharField(label=_("notes"), required=False, max_length=4000, widget=forms.Textarea({"rows": 3}))

    hold_until = WallClockField(
        label=_("held until"), required=False, help_text=_("Only when it should be less than usual.")
    )
    deposit_method = forms.ChoiceField(
        label=_("deposit paid by"), choices=Payment.Method.choices, required=False, widget=forms.RadioSelect
    )
    deposit_slip = forms.CharField(label=_("number of the slip"), required=False, max_length=80)

    def prepare(self) -> None:
        super().prepare()
        user = self.request.user
        adds = user.has_perm("customers.add_customer")
        self.newcomer = NewcomerForm(self.data if self.is_bound else None) if adds else None
        self.may_confirm = user.has_perm("contracts.confirm_contract") and user.has_perm("contracts.add_payment")
        if not self.may_confirm:
            del self.fields["deposit_method"], self.fields["deposit_slip"]
        self.extras = {f"extra-{extra.code}": extra for extra in Extra.objects.filter(is_active=True)}
        for name, extra in self.extras.items():
            self.fields[name] = forms.IntegerField(
                label=gettext(extra.name),
                required=False,
                min_value=0,
                max_value=extra.max_quantity,
                help_text=f"{shown(extra.price)} {extra.get_charge_display()}",
            )

    @property
    def extra_fields(self) -> list[BoundField]:
        return self.given(*self.extras)

    @property
    def override_fields(self) -> list[BoundField]:
        """Return the reasons typed before, while something else stops the form."""
        return [self[name] for name in self.fields if name.startswith("override-")] if not self.refusals else []

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        car = entered.get("car")
        if car is None:
            return entered
        zone = (entered.get("pickup_branch") or car.branch).zone
        times = {name: self._instant(name, zone) for name in ("start_at", "end_at", "hold_until")}
        if not self.errors:
            entered["wanted"] = self._wanted(entered, times)
        self._check_newcomer(entered)
        return {**entered, "book": self.book}

    def _check_newcomer(self, entered: dict[str, Any]) -> None:
        if self.newcomer is None or not self.newcomer.has_changed():
            return
        self.newcomer.country = (entered.get("pickup_branch") or entered["car"].branch).country
        if not self.newcomer.is_valid():
            self.add_error(None, _("Please correct what is marked below."))
        elif entered.get("customer"):
            self.add_error("customer", _("Choose a customer or enter a new one, not both."))

    @transaction.atomic
    def book(self, *, by: User, now: datetime) -> Contract:
        """Enter the customer, book, and confirm when the car goes out at once: all of it or nothing."""
        entered, wanted = self.cleaned_data, self.cleaned_data["wanted"]
        if self.newcomer and self.newcomer.has_changed():
            wanted = replace(wanted, customer_id=self.newcomer.enter(by=by, now=now).pk)
        contract = lifecycle.book(wanted, by=by, now=now, overrides=entered["overrides"])
        if not self._is_confirmed or contract.status != Status.PENDING:
            return contract
        method = entered.get("deposit_method")
        deposit = Tender(method, entered["deposit_slip"]) if method else None
        return lifecycle.confirm(contract.pk, deposit=deposit, overrides=entered["overrides"], by=by, now=now)

    @property
    def _is_confirmed(self) -> bool:
        return self.may_confirm and self.data.get("then") in ("confirm", "check_out")

    def then(self, contract: Contract) -> str | None:
        goes_out = self.data.get("then") == "check_out" and self._is_confirmed and leaves_now(contract.start_at)
        return reverse("admin:contracts_contract_check_out", args=[contract.pk]) if goes_out else None

    @property
    def leaves(self) -> str:
        """Return "now" when the car may go out at once, as the form stands, else "later"."""
        start = self.cleaned_data.get("wanted") and self.cleaned_data["wanted"].start_at if self.is_bound else None
        if start is None:
            zone = timezone.get_default_timezone()
            start = self.get_initial_for_field(self.fields["start_at"], "start_at").replace(tzinfo=zone)
        return "now" if leaves_now(start) else "later"

    def refuse(self, error: DomainError | IntegrityError) -> None:
        sold_out = f"extra-{error.data.get('extra')}" if isinstance(error, OutOfStock) else ""
        if isinstance(error, DepositOpen) and "deposit_method" in self.fields:
            self.add_error("deposit_method", error.detail)
        elif sold_out in self.fields:
            self.add_error(sold_out, error.detail)  # type: ignore[union-attr]
        else:
            super().refuse(error)

    def _instant(self, name: str, zone: Any) -> datetime | None:
        wall = self.cleaned_data.get(name)
        try:
            return instant(wall, zone) if wall else None
        except ValidationError as error:
            self.add_error(name, error)
            return None

    def _wanted(self, entered: dict[str, Any], times: dict[str, Any]) -> Booking:
        asked = ((extra.code, entered.get(name)) for name, extra in self.extras.items())
        return Booking(
            car_id=entered["car"].pk,
            customer_id=_id(entered["customer"]),
            driver_ids=[driver.pk for driver in entered["drivers"]],
            extras=[(code, pieces) for code, pieces in asked if pieces],
            pickup_branch_id=_id(entered["pickup_branch"]),
            return_branch_id=_id(entered["return_branch"]),
            **times,
            **{name: entered[name] for name in ("pickup_place", "return_place", "channel", "external_ref", "notes")},
        )


def leaves_now(start: datetime) -> bool:
    return start - timezone.now() <= lifecycle.EARLY_CHECK_OUT


def booked(contract: Contract) -> Any:
    """Return what is said when it is done."""
    if contract.status != Status.PENDING:
        return _("%(contract)s is booked and confirmed.") % {"contract": contract}
    until = shown_at(contract.hold_expires_at, contract.pickup_branch.zone)
    return _("%(contract)s is booked, and held until %(until)s.") % {"contract": contract, "until": until}


def prefilled(request: HttpRequest) -> dict[str, Any]:
    """Return what a link such as `?car=…&customer=…&start=2026-12-04T16:00&end=…` fills in; else the car goes now."""
    asked = request.GET
    now = timezone.localtime().replace(tzinfo=None)
    next_quarter = now.replace(minute=0, second=0, microsecond=0) + _QUARTER * (now.minute // 15 + 1)
    return {
        **{name: asked[name] for name in ("car", "customer", "pickup_branch", "return_branch") if asked.get(name)},
        "start_at": asked_for(asked.get("start", "")) or next_quarter,
        "end_at": asked_for(asked.get("end", ""))
        or (asked_for(asked.get("start", "")) or next_quarter) + timedelta(days=1),
    }


def _id(row: Any) -> Any:
    return row.pk if row else None
