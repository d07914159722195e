"""What is done to many cars at a time, each through its verb."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cars import lifecycle, placing
from cars.models import Branch, Car
from fleet.admin.bulk import bulk
from fleet.admin.forms import StepForm
from fleet.money import shown

_STATES: Final = (
    ("active", _("back into service")),
    ("out_of_service", _("out of service")),
    ("for_sale", _("for sale")),
)


class StateForm(StepForm):
    to = forms.ChoiceField(label=_("state"), choices=_STATES)


class BranchForm(StepForm):
    branch = forms.ModelChoiceField(Branch.objects.filter(is_active=True), label=_("branch"))


class PercentForm(StepForm):
    percent = forms.DecimalField(
        label=_("percent"),
        min_value=Decimal(-90),
        max_value=Decimal(500),
        max_digits=5,
        decimal_places=2,
        help_text=_("−10 makes every rate a tenth cheaper. Contracts keep the rate they were booked at."),
    )


class Many:
    """The actions of the list; a mix-in of CarAdmin."""

    actions = ("change_state", "move_to_branch", "change_price")

    @bulk(
        _("Change the state"),
        permission="cars.change_car",
        form=StateForm,
        shows=lambda car: car.get_lifecycle_display(),
    )
    def change_state(self, request: HttpRequest, car: Car, data: dict[str, Any]) -> None:
        by: Any = request.user
        if data["to"] == "active":
            lifecycle.activate(car.pk, by=by)
        elif data["to"] == "out_of_service":
            lifecycle.withdraw(car.pk, by=by, now=timezone.now())
        else:
            lifecycle.offer_for_sale(car.pk, by=by, now=timezone.now())

    @bulk(_("Move to a branch"), permission="cars.change_car", form=BranchForm, shows=lambda car: car.branch.name)
    def move_to_branch(self, request: HttpRequest, car: Car, data: dict[str, Any]) -> None:
        placing.station(car.pk, **data, by=request.user)  # type: ignore[arg-type]

    @bulk(
        _("Change the price by percent"),
        permission="cars.change_car",
        form=PercentForm,
        shows=lambda car: shown(car.rate),
    )
    def change_price(self, request: HttpRequest, car: Car, data: dict[str, Any]) -> None:
        placing.reprice(car.pk, **data, by=request.user)  # type: ignore[arg-type]
