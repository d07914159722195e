"""The page "Due": papers, services, licences, bookings and contracts at risk in one list, with the next click."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from cars import risks
from cars.due import PAPERS
from cars.models import Branch
from fleet import due
from fleet.admin.pages import page, render
from fleet.due import Due, State, Subject

_TABS: Final = (
    ("papers", _("Papers"), set(PAPERS)),
    ("services", _("Services"), {Subject.SERVICE}),
    ("people", _("Licences and documents"), {Subject.LICENCE, Subject.PASSPORT, Subject.DOCUMENT}),
    ("bookings", _("Holds, pick-ups, returns"), {Subject.HOLD, Subject.PICK_UP, Subject.RETURN}),
)
_STEPS: Final = {  # of the contract behind it, and who may take them
    Subject.HOLD: ("confirm", "contracts.confirm_contract", _("Confirm")),
    Subject.PICK_UP: ("check_out", "contracts.check_out_contract", _("Check out")),
    Subject.RETURN: ("check_in", "contracts.check_in_contract", _("Check in")),
}
_AT_RISK: Final = "risk"
_SPANS: Final = (7, 14, 30, 60, 90)
_NEAR: Final = 7
_PER_PAGE: Final = 50


@dataclass(frozen=True)
class Row:
    """A line of the list; `act` is the button that settles it, as (address, label)."""

    title: str
    day: date
    days_left: int
    state: str
    address: str
    act: tuple[str, Any] | None = None

    @property
    def days_late(self) -> int:
        return -self.days_left


@page(
    "due/", name="due", title=_("Due"), icon="event_upcoming", permission="cars.view_insurance", group="fleet", order=10
)
def due_page(request: HttpRequest) -> HttpResponse:
    """Show what comes due within so many days, one tab after the other."""
    on, within, branch = timezone.localdate(), _within(request), _branch(request)
    found = due.shown_to(request.user, due.everything(on=on, within=within, subjects=due.seen_by(request.user)))
    found = [one for one in found if branch is None or one.branch_id == branch]
    at_risk = risks.of(None, timezone.now()) if request.user.has_perm("contracts.view_contract") else []
    tab = request.GET.get("tab", "")
    chosen = next((subjects for key, _title, subjects in _TABS if key == tab), set(Subject))
    listed = [one for one in found if one.subject in chosen] if tab != _AT_RISK else []
    shown: Any = Paginator(listed, _PER_PAGE).get_page(request.GET.get("p"))
    shown.object_list = [_row(one, on, request.user) for one in shown.object_list]
    keep: dict[str, Any] = {"within": within, **({"branch": branch} if branch else {})}
    context = {
        "tabs": list(_tabs(found, len(at_risk), tab, keep)),
        "rows": shown,
        "at_risk": list(map(_risk, at_risk)) if tab == _AT_RISK else None,
        "counts": Counter(one.state(on).value for one in found),
        "spans": [(days, days == within) for days in _SPANS],
        "branches": [(str(pk), name, pk == branch) for pk, name in Branch.objects.values_list("pk", "name")],
        "within": within,
        "tab": tab,
        "query": urlencode({**keep, "tab": tab}),
    }
    return render(request, "admin/fleet/due.html", context)


def _tabs(found: list[Due], at_risk: int, tab: str, keep: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"title": _("All"), "count": len(found), "address": f"?{urlencode(keep)}", "is_on": not tab}
    for key, title, subjects in _TABS:
        count = sum(one.subject in subjects for one in found)
        yield {"title": title, "count": count, "address": f"?{urlencode({**keep, 'tab': key})}", "is_on": key == tab}
    address = f"?{urlencode({**keep, 'tab': _AT_RISK})}"
    yield {"title": _("At risk"), "count": at_risk, "address": address, "is_on": tab == _AT_RISK}


def _row(one: Due, on: date, user: Any) -> Row:
    state = one.state(on)
    left = one.days_left(on)
    near = "soon" if state == State.COMING and left <= _NEAR else state.value
    return Row(one.title, one.due_on, left, near, _address(one.label, one.object_id), _act(one, on, user))


def _act(one: Due, on: date, user: Any) -> tuple[str, Any] | None:
    """Return the next click: renew the paper, write down the service, hand today's car out or take it back."""
    if one.subject in PAPERS and user.has_perm(f"cars.add_{one.subject}"):
        return reverse(f"admin:cars_{one.subject}_renew", args=[one.object_id]), _("Renew")
    if one.subject == Subject.SERVICE and user.has_perm("cars.add_servicerecord"):
        return f"{reverse('admin:cars_servicerecord_add')}?{urlencode({'car': str(one.car_id)})}", _("Done")
    step, permission, title = _STEPS.get(one.subject, ("", "", ""))
    if step and one.days_left(on) <= 0 and user.has_perm(permission):
        return reverse(f"admin:contracts_contract_{step}", args=[one.object_id]), title
    return None


def _address(label: str, pk: UUID) -> str:
    return reverse(f"{admin.site.name}:{label.replace('.', '_')}_change", args=[pk])


def _risk(risk: risks.AtRisk) -> dict[str, Any]:
    return {
        "start_at": risk.start_at,
        "title": f"{risk.reference} · {risk.plate}",
        "address": _address("contracts.contract", risk.contract_id),
        "reasons": risk.reasons,
    }


def _within(request: HttpRequest) -> int:
    text = request.GET.get("within", "")
    return int(text) if text in map(str, _SPANS) else 30


def _branch(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("branch", ""))
    except ValueError:
        return None
