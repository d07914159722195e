"""Forms of the admin's own pages: Unfold's look for plain fields, sections, and every reason of a refusal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.options import HORIZONTAL
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold import widgets

from fleet.admin.base import said
from fleet.admin.words import Words
from fleet.errors import DomainError, Invalid

_LOOKS: Final[Mapping[type[forms.Widget], Any]] = {
    forms.TextInput: widgets.UnfoldAdminTextInputWidget,
    forms.EmailInput: widgets.UnfoldAdminEmailInputWidget,
    forms.NumberInput: widgets.UnfoldAdminIntegerFieldWidget,
    forms.Textarea: widgets.UnfoldAdminTextareaWidget,
    forms.Select: widgets.UnfoldAdminSelectWidget,
    forms.CheckboxInput: widgets.UnfoldBooleanWidget,
    forms.DateInput: widgets.UnfoldAdminDateWidget,
    forms.ClearableFileInput: widgets.UnfoldAdminFileFieldWidget,
}


@dataclass(frozen=True)
class Section:
    """Fields under a heading, folded away when rarely needed; those of a row stand side by side on a wide screen."""

    rows: Sequence[Sequence[BoundField]]
    title: Any = ""
    note: Any = ""
    errors: Sequence[Any] = ()
    hidden: Sequence[BoundField] = ()
    folded: bool = False


class StepForm(forms.Form):
    """What a step asks for; without fields it only asks "sure?".

    `aliases` maps a name in an Invalid to the field that shows it; `refusals` are the reasons of a gate.
    """

    aliases: ClassVar[Mapping[str, str]] = {}
    explains: ClassVar[Words] = {}
    template: ClassVar[str] = "admin/fleet/step.html"

    def __init__(self, *args: Any, request: HttpRequest, row: Any = None, **kwargs: Any) -> None:
        self.request, self.row = request, row
        self.refusals: list[dict[str, Any]] = []
        super().__init__(*args, **kwargs)
        for name in self.explains.keys() & self.fields.keys():
            self.fields[name].help_text = self.explains[name]
        self.prepare()
        dress(self.fields.values())

    def prepare(self) -> None:
        """Shape the fields after the row and the user; for subclasses."""

    def sections(self) -> Iterator[Section]:
        """Yield the visible fields in the order and grouping of the page; for subclasses."""
        fields = self.visible_fields()
        if fields:
            yield Section([[one] for one in fields])

    def then(self, shown: Any) -> str | None:
        """Return where to go when it is done; None is the page of what is shown. For subclasses."""
        return None

    def given(self, *names: str) -> list[BoundField]:
        """Return the fields of these names, as far as this form has them."""
        return [self[name] for name in names if name in self.fields]

    def refuse(self, error: DomainError | IntegrityError) -> None:
        """Put every reason where the person looks: at its field, in the list of reasons, else on top."""
        found = error.data.get("refusals") if isinstance(error, DomainError) else None
        if found:
            self.refusals = [dict(one) for one in found]
        elif isinstance(error, Invalid) and error.fields:
            for name, text in error.fields.items():
                place = self.aliases.get(name, name)
                self.add_error(place if place in self.fields else None, text)
        else:
            self.add_error(None, said(error))


def rows_of(formset: "BaseFormSet[Any]", *, title: Any = "", note: Any = "") -> Section:
    """Return a formset as a section: every form is a row. It is folded until somebody has written into it."""
    hidden = [*formset.management_form, *(one for form in formset for one in form.hidden_fields())]
    errors = [*formset.non_form_errors(), *(text for form in formset for text in form.non_field_errors())]
    rows = [form.visible_fields() for form in formset]
    return Section(rows, title, note, errors, hidden, folded=not (formset.is_bound and formset.has_changed()))


def dress(fields: Iterable[forms.Field]) -> None:
    """Give plain widgets Unfold's look; a widget that somebody chose on purpose stays."""
    for one in fields:
        plain = one.widget
        dressed = _dressed(plain, one.label)
        if dressed is None:
            continue
        dressed.is_required = one.required
        if isinstance(plain, forms.Select | forms.RadioSelect):
            dressed.choices = plain.choices
        one.widget = dressed


def _dressed(plain: forms.Widget, label: Any) -> Any:
    if type(plain) is forms.SplitDateTimeWidget:
        both = widgets.UnfoldAdminSplitDateTimeWidget()
        for part, name in zip(both.widgets, (_("date"), _("time")), strict=True):
            part.attrs["aria-label"] = f"{label}: {name}"  # the pair has only one visible label
        return both
    if type(plain) is forms.RadioSelect:
        return widgets.UnfoldAdminRadioSelectWidget(HORIZONTAL, attrs=dict(plain.attrs))
    look = _LOOKS.get(type(plain))
    return look(attrs=dict(plain.attrs)) if look else None


def searching(model: type[models.Model], name: str) -> forms.Widget:
    """Return the widget that searches the rows a relation may point to, as the admin's own forms have it."""
    field = model._meta.get_field(name)
    return (_SearchMany if field.many_to_many else _Search)(field, admin.site)


class _Search(AutocompleteSelect):
    """Shows a form again that was sent with nonsense for an id; Django's own widget asks the database for it."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [one for one in value if not one or self._is_id(one)], attr)

    def _is_id(self, text: Any) -> bool:
        try:
            self.field.remote_field.model._meta.pk.to_python(text)
        except ValidationError:
            return False
        return True


class _SearchMany(_Search, AutocompleteSelectMultiple):
    pass
