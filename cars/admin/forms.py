"""Forms of cars: what the verbs need and the models do not say."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSplitDateTimeWidget

from cars import ledger, papers
from cars.admin import explained
from cars.models import Car, IssueReport, Occupancy, OdometerReading
from cars.models.car import MOST_KM, not_after_next_year
from fleet.admin.forms import StepForm
from fleet.db.period import Period

_OWN_KINDS = [(kind.value, kind.label) for kind in ledger.KINDS]


def _moment(label: Any, **options: Any) -> forms.SplitDateTimeField:
    return forms.SplitDateTimeField(label=label, widget=UnfoldAdminSplitDateTimeWidget(), **options)


class CarForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Car
        fields = "__all__"  # noqa: DJ007 - the admin's fieldsets choose

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        not_after_next_year(year, timezone.localdate())
        return year


class ReadingForm(forms.ModelForm):  # type: ignore[type-arg]
    taken_at = _moment(_("taken at"), required=False, help_text=_("Empty means now."))

    class Meta:
        model = OdometerReading
        fields = ("car", "km")


class OccupancyForm(forms.ModelForm):  # type: ignore[type-arg]
    kind = forms.ChoiceField(label=_("kind"), choices=_OWN_KINDS, widget=UnfoldAdminSelectWidget)
    start_at = _moment(_("from"))
    end_at = _moment(_("until"))

    class Meta:
        model = Occupancy
        fields = ("car", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            span = Period.of(self.instance.period)
            self.initial.update(start_at=span.start, end_at=span.end)

    def clean(self) -> None:
        super().clean()
        _in_order(self)


class OdometerForm(StepForm):
    explains = explained.READING
    km = forms.IntegerField(label=_("km"), min_value=0, max_value=MOST_KM)
    taken_at = _moment(_("taken at"), required=False, help_text=_("Empty means now."))


class CorrectForm(StepForm):
    explains = explained.CORRECTION
    km = forms.IntegerField(label=_("km"), min_value=0, max_value=MOST_KM)
    reason = forms.CharField(label=_("reason"), max_length=200)


class BlockForm(StepForm):
    explains = explained.BLOCK
    kind = forms.ChoiceField(label=_("kind"), choices=_OWN_KINDS)
    start_at = _moment(_("from"))
    end_at = _moment(_("until"))
    note = forms.CharField(label=_("note"), max_length=200, required=False)

    def clean(self) -> None:
        super().clean()
        _in_order(self)


class ReportForm(StepForm):
    explains = explained.ISSUE
    title = forms.CharField(label=_("what is wrong"), max_length=120)
    severity = forms.ChoiceField(label=_("severity"), choices=IssueReport.Severity.choices, initial="medium")
    description = forms.CharField(label=_("description"), max_length=4000, required=False, widget=forms.Textarea)


class ResolveForm(StepForm):
    resolution = forms.CharField(label=_("what was done"), max_length=4000, widget=forms.Textarea)
    actual_cost = forms.DecimalField(label=_("cost"), min_value=0, max_digits=12, decimal_places=2, required=False)


class RepairForm(StepForm):
    repaired_at = _moment(_("repaired at"), required=False, help_text=_("Empty means now."))
    repair_cost = forms.DecimalField(label=_("cost"), min_value=0, max_digits=12, decimal_places=2, required=False)


class RenewForm(StepForm):
    explains = explained.PAPER
    number = forms.CharField(label=_("number"), max_length=60)
    valid_from = forms.DateField(label=_("valid from"))
    valid_until = forms.DateField(label=_("valid until"))
    cost = forms.DecimalField(label=_("cost"), min_value=0, max_digits=12, decimal_places=2)

    def prepare(self) -> None:
        new = papers.successor(self.row)
        for name, field in self.fields.items():
            field.initial = getattr(new, name)


def _in_order(form: Any) -> None:
    start, end = form.cleaned_data.get("start_at"), form.cleaned_data.get("end_at")
    if start and end and end <= start:
        form.add_error("end_at", forms.ValidationError(_("The end must be after the start."), code="ends_before"))
