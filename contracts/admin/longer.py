"""A later end for a rental: until when the car may stay out, quick choices, and the price before it is agreed on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from contracts import quotation
from contracts.admin import clock
from contracts.admin.overriding import Overriding
from contracts.admin.quoting import worded
from contracts.models import Contract
from contracts.status import Status
from fleet.admin.forms import Section
from fleet.admin.pages import page
from fleet.errors import DomainError
from fleet.money import shown

_CHOICES: Final = (1, 3, 7)  # days
_ISO: Final = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Choice:
    words: str
    end: datetime
    link: str
    chosen: bool


class ExtendForm(Overriding):
    """Starts from the agreed end, or from what a link such as `?end=2026-12-04T16:00` asks for."""

    template = "admin/contracts/extend.html"

    end_at = clock.WallClockField(label=_("new end"))

    def prepare(self) -> None:
        super().prepare()
        self.zone = self.row.pickup_branch.zone
        self.agreed = clock.wall(self.row.end_at, self.zone)
        self.asked_end = clock.asked_for(self.request.GET.get("end", ""))
        self.fields["end_at"].initial = self.asked_end or self.agreed

    @property
    def choices(self) -> Iterator[Choice]:
        """Yield ends at the agreed hour, days after the agreed one or, of a rental that is late, after today."""
        today = clock.wall(timezone.now(), self.zone)
        start = max(self.agreed, datetime.combine(today.date(), self.agreed.time()))
        for days in _CHOICES:
            end = start + timedelta(days=days)
            words = ngettext("+%(days)s day", "+%(days)s days", days) % {"days": days}
            yield Choice(words, end, f"?end={end:{_ISO}}", end == self.asked_end)

    @property
    def due(self) -> str:
        return clock.shown(self.row.end_at, self.zone)

    @property
    def free_until(self) -> str:
        return clock.shown(quotation.free_until(self.row), self.zone) if self.row.status == Status.ACTIVE else ""

    @property
    def quote(self) -> dict[str, Any]:
        """Return what the end that is shown costs; nothing while the agreed one is."""
        if self.is_bound:
            return quoted(self.row, self.cleaned_data.get("end_at")) if hasattr(self, "cleaned_data") else {}
        return quoted(self.row, clock.instant(self.asked_end, self.zone)) if self.asked_end else {}

    def asked(self) -> Iterator[Section]:
        yield Section([self.given("end_at")])

    def clean_end_at(self) -> Any:
        return clock.instant(self.cleaned_data["end_at"], self.zone)


def quoted(contract: Contract, end_at: datetime | None) -> dict[str, Any]:
    """Return the lines that a later end adds, the new total, and what speaks against it."""
    if end_at is None or end_at == contract.end_at or contract.status != Status.ACTIVE:
        return {}
    try:
        longer = quotation.longer(contract, end_at, now=timezone.now())
    except DomainError as error:
        return {"refusal": error.detail}
    return {
        "lines": worded(longer.lines),
        "added": shown(longer.added),
        "total": shown(longer.total),
        "refusals": longer.refusals,
    }


@page(
    "rentals/<uuid:pk>/longer/",
    name="longer",
    title="",
    icon="",
    permission="contracts.extend_contract",
    listed=False,
)
@require_POST
def extension(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer with what the end that is typed costs, for the page to show while somebody types."""
    contract = get_object_or_404(Contract.objects.visible_to(request.user).with_desk(), pk=pk)
    form = ExtendForm(request.POST, request=request, row=contract)
    form.full_clean()
    return TemplateResponse(request, "admin/contracts/longer.html", {"quote": form.quote})
