"""The page of one car at a glance: alerts, papers, services and what it costs, month by month."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cars import gaps, overview
from cars.alerts import Level
from cars.costs import Category, Costs
from cars.facts import months_later
from cars.models import Car, Occupancy
from fleet.admin.pages import page, render

_MONEY: Final = tuple(
    f"cars.view_{kind}"
    for kind in ("insurance", "registration", "inspection", "servicerecord", "issuereport", "damage")
)
_COLOURS: Final = {Level.CRITICAL: "is-red", Level.WARNING: "is-yellow", Level.INFO: ""}
_WORDS: Final = {Level.CRITICAL: _("urgent"), Level.WARNING: _("soon"), Level.INFO: _("note")}
_CATEGORIES: Final = {
    Category.INSURANCE: _("Insurance"),
    Category.REGISTRATION: _("Registration"),
    Category.INSPECTION: _("Inspection"),
    Category.SERVICE: _("Service"),
    Category.REPAIR: _("Repairs"),
    Category.DAMAGE: _("Damages"),
}


@page(
    "cars/<uuid:pk>/standing/",
    name="car_standing",
    title=_("At a glance"),
    icon="fact_check",
    permission="cars.view_insurance",
    listed=False,
)
def standing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how the car stands today."""
    car, today = get_object_or_404(Car.objects.with_desk(), pk=pk), timezone.localdate()
    user: Any = request.user
    money = all(user.has_perm(name) for name in _MONEY)
    found = overview.of(car, user=user, money=money, on=today, now=timezone.now())
    context = {
        "title": f"{car} – {_('At a glance')}",
        "car": car,
        "found": found,
        "state": _state(found.state.kind),
        "alerts": [(one, _COLOURS[one.level], _WORDS[one.level]) for one in found.alerts],
        "gaps": gaps.of(Car.objects.filter(pk=pk), today, months_later(today, 6)),
        "columns": list(_CATEGORIES.values()),
        "months": _months(found.costs) if found.costs else [],
        "sums": [found.costs.categories[one] for one in _CATEGORIES] if found.costs else [],
    }
    return render(request, "admin/fleet/standing.html", context)


def _state(kind: str) -> Any:
    return _("free") if kind == "free" else Occupancy.Kind(kind).label


def _months(costs: Costs) -> list[tuple[Any, list[Any], Any]]:
    return [(one.first, [one.categories[name] for name in _CATEGORIES], one.total) for one in reversed(costs.months)]
