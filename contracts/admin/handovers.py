"""Forms in which a car changes hands: odometer, fuel or battery, cleanliness, damages."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cars.models import Car, Damage
from cars.models.car import MOST_KM
from contracts.handover import NewDamage, Seen
from contracts.models import Contract, Handover
from fleet.admin.forms import Section, StepForm, dress, rows_of
from fleet.money import MOST

_EIGHTHS: Final = [(0, _("empty")), *((part, f"{part}/8") for part in range(1, 8)), (8, _("full"))]
_PLUGGED: Final = (Car.Fuel.ELECTRIC, Car.Fuel.PLUG_IN_HYBRID)


class SeenForm(forms.Form):
    """What is read off the car; which levels are asked depends on it."""

    odometer_km = forms.IntegerField(
        label=_("odometer in km"), min_value=0, max_value=MOST_KM, widget=forms.NumberInput({"inputmode": "numeric"})
    )
    fuel_eighths = forms.TypedChoiceField(
        label=_("fuel"), choices=_EIGHTHS, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    battery_pct = forms.IntegerField(label=_("battery in %"), min_value=0, max_value=100, required=False)
    is_clean = forms.BooleanField(label=_("clean"), required=False, initial=True)
    remarks = forms.CharField(label=_("remarks"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, car: Car | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if car is None:
            self.fields["fuel_eighths"].required = False
        elif car.fuel_type == Car.Fuel.ELECTRIC:
            del self.fields["fuel_eighths"]
            self.fields["battery_pct"].required = True
        if car is not None and car.fuel_type not in _PLUGGED:
            del self.fields["battery_pct"]
        dress(self.fields.values())


class MarkForm(forms.Form):
    """A damage; a row left empty is none."""

    panel = forms.ChoiceField(label=_("where"), choices=[("", "–"), *Damage.Panel.choices])
    kind = forms.ChoiceField(label=_("what"), choices=[("", "–"), *Damage.Kind.choices])
    note = forms.CharField(label=_("note"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields.values())


class PricedMarkForm(MarkForm):
    estimate = forms.DecimalField(
        label=_("estimate"), required=False, min_value=0, max_value=MOST, max_digits=12, decimal_places=2
    )


_Marks = forms.formset_factory(MarkForm, extra=3, max_num=20, absolute_max=20)
_PricedMarks = forms.formset_factory(PricedMarkForm, extra=3, max_num=20, absolute_max=20)


class Looked:
    """One look at one car: its readings and its damages, as part of a step."""

    def __init__(
        self,
        step: StepForm,
        prefix: str,
        title: Any,
        *,
        car: Car | None,
        priced: bool = False,
        note: Any = "",
        **initial: Any,
    ) -> None:
        data = step.data if step.is_bound else None
        self.title, self.note = title, note
        self.seen = SeenForm(data, prefix=prefix, car=car, initial=initial)
        self.marks = (_PricedMarks if priced else _Marks)(data, prefix=f"{prefix}-damages")

    def taken(self, *, photos: Sequence[UUID] = (), **more: Any) -> Seen:
        """Return what was entered. Raises ValidationError when it is not right; the fields say what.

        Photos show the one new damage, or the car when there is none or more than one.
        """
        valid = [self.seen.is_valid(), self.marks.is_valid()]
        if not all(valid):
            raise ValidationError(_("Please correct what is marked below."))
        read = dict(self.seen.cleaned_data)
        damages = [NewDamage(**mark.cleaned_data) for mark in self.marks if mark.has_changed()]
        if len(damages) == 1:
            damages, photos = [replace(damages[0], photos=photos)], ()
        return Seen(clean=read.pop("is_clean"), damages=damages, photos=photos, **more, **read)

    def sections(self) -> Iterator[Section]:
        names = ("odometer_km", "fuel_eighths", "battery_pct", "is_clean", "remarks")
        fields = [[self.seen[name]] for name in names if name in self.seen.fields]
        yield Section(fields, self.title, self.note)
        yield rows_of(self.marks, title=_("New damages"), note=_("A row left empty is none."))


def came_back(step: StepForm, contract: Contract) -> Looked:
    """Return the look at the car that the contract has, beside what was seen when it went out."""
    out = last_out(contract)
    levels = {"fuel_eighths": out.fuel_eighths} if out else {}
    note = _("It went out with %(seen)s.") % {"seen": read_off(out)} if out else ""
    return Looked(
        step, "back", _("The car comes back"), car=contract.car, priced=True, note=note, is_clean=True, **levels
    )


def last_out(contract: Contract) -> Handover | None:
    rows = Handover.objects.filter(assignment__contract=contract, kind=Handover.Kind.OUT)
    return rows.order_by("-assignment__seq").first()


def read_off(handover: Handover) -> str:
    """Return the readings of a hand-over for people."""
    levels = [f"{handover.odometer_km} km"]
    if handover.fuel_eighths is not None:
        levels.append(f"{_('fuel')} {handover.fuel_eighths}/8")
    if handover.battery_pct is not None:
        levels.append(f"{_('battery')} {handover.battery_pct} %")
    levels.append(str(_("clean") if handover.is_clean else _("not clean")))
    return ", ".join(levels)
