"""What stands above every page of a car, and its first tab: how the car stands today."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cars import alerts, overview
from cars.alerts import Level, ServiceState
from cars.models import Car, Occupancy
from fleet.admin import tabs
from fleet.admin.tabs import Fact, tab
from fleet.money import grouped

TONES: Final = {Level.CRITICAL: "is-red", Level.WARNING: "is-yellow", Level.INFO: ""}
_WORDS: Final = {Level.CRITICAL: _("urgent"), Level.WARNING: _("soon"), Level.INFO: _("note")}
_STATES: Final = {"free": "is-green", "rental": "is-blue", "workshop": "is-purple", "block": "is-yellow"}
_LACKS: Final = {"uninsured": _("not insured"), "unregistered": _("not registered"), "restricted": _("restricted")}
_SOON: Final = 30  # days
_URGENT: Final = 7


@tabs.facts("cars.car")
def strip(car: Car, request: HttpRequest) -> Iterator[Fact]:
    """Yield what matters: now, next, when papers end, the next service, open issues. Two statements."""
    now, today = timezone.now(), timezone.localdate()
    state, brief = overview.state(car, now), brief_of(car)
    yield _now(car, state)
    if not car.is_kept:
        yield Fact(_("Odometer"), f"{grouped(car.odometer_km)} km")
        return
    if state.following:
        yield Fact(_("Next"), _moment(state.following.period.lower), ("", state.following.get_kind_display()))
    yield _ends(_("Insured until"), brief.insured_until, today)
    yield _ends(_("Registered until"), brief.registered_until, today)
    if planned := alerts.services(brief.wear, today):
        yield _service(planned[0])
    yield Fact(_("Odometer"), f"{grouped(car.odometer_km)} km")
    issues = f"{reverse('admin:cars_car_issues', args=[car.pk])}"
    tone = ("is-red", _("restricted")) if brief.restricted else None
    yield Fact(
        _("Open issues"), brief.open_issues, tone, issues if request.user.has_perm("cars.view_issuereport") else ""
    )


@tab(
    "cars.car",
    "standing",
    _("At a glance"),
    permission="cars.view_insurance",
    order=5,
    template="admin/cars/standing.html",
)
def standing(car: Car, request: HttpRequest) -> dict[str, Any]:
    """Show how the car stands today."""
    now, wear = timezone.now(), brief_of(car).wear
    today = timezone.localdate(now)
    found = alerts.of(car, user=request.user, on=today, now=now, wear=wear)
    return {
        "alerts": [(one, TONES[one.level], _WORDS[one.level]) for one in found],
        "planned": alerts.services(wear, today),
        "pace": wear.km_per_day,
    }


def brief_of(car: Car) -> overview.Brief:
    """Return the car in brief; strip and tab of one page ask once."""
    known: dict[str, Any] = vars(car)
    if "fleet_brief" not in known:
        known["fleet_brief"] = overview.brief(car, timezone.localdate(), timezone.now())
    found: overview.Brief = known["fleet_brief"]
    return found


def in_a_row(car: Any) -> SafeString:
    """Return the cell of a list: what the car is doing, and what keeps it back; the list has looked all of it up."""
    now = _now(car, car.state)
    lacks = [("is-red", word) for name, word in _LACKS.items() if getattr(car, name)] if car.is_kept else []
    pills = [now.pill, *lacks]
    shown = format_html_join(" ", '<span class="fleet-pill {}">{}</span>', [pill for pill in pills if pill])
    return format_html("{} {}", shown, now.text)


def _now(car: Car, state: overview.State) -> Fact:
    if not state.since and car.lifecycle != Car.Lifecycle.ACTIVE:
        return Fact(_("Now"), "", ("is-yellow", car.get_lifecycle_display()))
    word = _("free") if state.kind == "free" else Occupancy.Kind(state.kind).label
    until = _("until %(moment)s") % {"moment": _moment(state.until)} if state.until else ""
    return Fact(_("Now"), until, (_STATES.get(state.kind, ""), word))


def _ends(label: Any, day: date | None, today: date) -> Fact:
    if day is None or day < today:
        return Fact(label, "" if day is None else date_format(day), ("is-red", _("missing")))
    left = (day - today).days
    tone = "is-red" if left <= _URGENT else "is-yellow" if left <= _SOON else ""
    return Fact(label, date_format(day), (tone, days_left(left)) if tone else None)


def _service(due: ServiceState) -> Fact:
    text = date_format(due.projected_on) if due.projected_on else capfirst(gettext(due.service_type))
    left = f"{grouped(due.km_left)} km" if due.km_left is not None else days_left(due.days_left or 0)
    return Fact(_("Next service"), text, (TONES[due.level] if due.level else "", left))


def days_left(left: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", left) % {"days": left}


def _moment(moment: Any) -> str:
    return f"{timezone.localtime(moment):%d.%m.%Y %H:%M}"
