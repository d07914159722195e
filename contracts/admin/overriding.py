"""Saying yes where the gate says no: a reason beside each refusal, for those who may."""

import re
from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts import asking
from contracts.availability import Override
from contracts.errors import LEAST_REASON
from contracts.gate import Severity
from fleet.admin import ways
from fleet.admin.forms import Section, StepForm, dress
from fleet.errors import DomainError

_NAME: Final = re.compile(r"override-([a-z_]{1,40})")
_LONGEST = 300
_OVERRIDE: Final = "contracts.override_refusal"


class Overriding(StepForm):
    """Sends the reasons along as `overrides`; the verb alone decides whether they are enough."""

    def prepare(self) -> None:
        super().prepare()
        if self._may():
            for code in filter(None, map(_code, self.data)):
                self._ask_why(code)

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        reasons = {code: entered.pop(name) for name in list(entered) if (code := _code(name))}
        # A reason that is too short is left out, so that the verb answers with every refusal again.
        entered["overrides"] = [Override(code, why) for code, why in reasons.items() if len(why) >= LEAST_REASON]
        return entered

    def sections(self) -> Iterator[Section]:
        yield from self.asked()
        reasons = [self[name] for name in self.fields if _code(name)]
        if reasons and not self.refusals:  # typed before, while something else stops the form
            yield Section([[one] for one in reasons], _("Why anyway?"))

    def asked(self) -> Iterator[Section]:
        """Yield the fields of the step itself; for subclasses."""
        fields = [one for one in self.visible_fields() if not _code(one.name)]
        if fields:
            yield Section([[one] for one in fields])

    def refuse(self, error: DomainError | IntegrityError) -> None:
        super().refuse(error)
        refused = any(one["severity"] == Severity.OVERRIDE for one in self.refusals) and not self._may()
        whom = f"{_('A manager can allow this.')} {asking.whom(_OVERRIDE)}" if refused else ""
        for refusal in self.refusals:
            refusal["link"] = ways.to(self.request, refusal["subject"], refusal["subject_id"])
            if refusal["severity"] != Severity.OVERRIDE:
                continue
            if not self._may():
                refusal["hint"] = whom
                continue
            name = self._ask_why(refusal["code"])
            if 0 < len(self.data.get(name, "").strip()) < LEAST_REASON:
                self.add_error(name, _("Say in at least 10 characters why."))
            refusal["field"] = self[name]

    def _may(self) -> bool:
        return self.request.user.has_perm(_OVERRIDE)

    def _ask_why(self, code: str) -> str:
        name = f"override-{code}"
        if name not in self.fields:
            self.fields[name] = forms.CharField(label=_("Why anyway?"), required=False, max_length=_LONGEST)
            dress([self.fields[name]])
        return name


def _code(name: str) -> str:
    found = _NAME.fullmatch(name)
    return found[1] if found else ""
