"""The form that gives a booking other days or another car."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cars.models import Car
from contracts.admin import clock
from contracts.admin.overriding import Overriding
from contracts.models import Contract
from fleet.admin.forms import Section, searching


class RescheduleForm(Overriding):
    """Starts from what is agreed; `?start=2026-12-04T16:00&end=…&car=…` fills in what the timeline asks for."""

    start_at = clock.WallClockField(label=_("pick-up"))
    end_at = clock.WallClockField(label=_("due back"))
    car_id = forms.ModelChoiceField(Car.objects.all(), label=_("car"), widget=searching(Contract, "car"))

    def prepare(self) -> None:
        super().prepare()
        zone, asked = self.row.pickup_branch.zone, self.request.GET
        for name in ("start_at", "end_at"):
            agreed = clock.wall(getattr(self.row, name), zone)
            self.fields[name].initial = clock.asked_for(asked.get(name.removesuffix("_at"), "")) or agreed
        self.fields["car_id"].initial = asked.get("car") or self.row.car_id

    def asked(self) -> Iterator[Section]:
        note = _("Days are counted anew at the rate that was agreed on.")
        yield Section([self.given("start_at", "end_at"), self.given("car_id")], note=note)

    def clean_start_at(self) -> Any:
        return clock.instant(self.cleaned_data["start_at"], self.row.pickup_branch.zone)

    def clean_end_at(self) -> Any:
        return clock.instant(self.cleaned_data["end_at"], self.row.pickup_branch.zone)

    def clean_car_id(self) -> Any:
        return self.cleaned_data["car_id"].pk
