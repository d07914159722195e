"""The form that books: what to rent, when and for whom. Prices, status and actor are not asked."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cars.models import Branch, Car
from contracts.admin.clock import WallClockField, asked_for, instant
from contracts.admin.overriding import Overriding
from contracts.booking import Booking
from contracts.errors import OutOfStock
from contracts.models import Contract, Extra
from customers.models import Customer
from fleet.admin.forms import Section, searching
from fleet.errors import DomainError
from fleet.money import shown

_QUARTER: Final = timedelta(minutes=15)


class BookingForm(Overriding):
    """Times are those of the pick-up branch's clock."""

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

    def prepare(self) -> None:
        super().prepare()
        self.extras = {f"extra-{extra.code}": extra for extra in Extra.objects.filter(is_active=True)}
        for name, extra in self.extras.items():
            self.fields[name] = forms.IntegerField(
                label=extra.name,
                required=False,
                min_value=0,
                max_value=extra.max_quantity,
                help_text=f"{shown(extra.price)} {extra.get_charge_display()}",
            )

    def asked(self) -> Iterator[Section]:
        yield Section(
            [self.given("car", "customer"), self.given("start_at", "end_at"), self.given("drivers")], _("Rental")
        )
        if self.extras:
            yield Section([self.given(*self.extras)], _("Extras"), _("How many of each; empty is none."))
        yield Section(
            [
                self.given("pickup_branch", "return_branch"),
                self.given("pickup_place", "return_place"),
                self.given("channel", "external_ref"),
                self.given("notes"),
            ],
            _("Where and how"),
        )

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        car = entered.get("car")
        if car is None:
            return entered
        zone = (entered.get("pickup_branch") or car.branch).zone
        times = {name: self._instant(name, zone) for name in ("start_at", "end_at")}
        if not self.errors:
            entered["wanted"] = self._wanted(entered, times)
        return entered

    def refuse(self, error: DomainError | IntegrityError) -> None:
        sold_out = f"extra-{error.data.get('extra')}" if isinstance(error, OutOfStock) else ""
        if sold_out in self.fields:
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


def prefilled(request: HttpRequest) -> dict[str, Any]:
    """Return what a link such as `?car=…&customer=…&start=2026-12-04T16:00&end=…` fills in; else the car goes now."""
    asked = request.GET
    now = timezone.localtime().replace(tzinfo=None)
    next_quarter = now.replace(minute=0, second=0, microsecond=0) + _QUARTER * (now.minute // 15 + 1)
    return {
        **{name: asked[name] for name in ("car", "customer", "pickup_branch", "return_branch") if asked.get(name)},
        "start_at": asked_for(asked.get("start", "")) or next_quarter,
        "end_at": asked_for(asked.get("end", "")),
    }


def _id(row: Any) -> Any:
    return row.pk if row else None
