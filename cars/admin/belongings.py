"""The tabs of a car: its papers, its services, what is wrong with it, and what it costs."""

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cars import alerts, gaps
from cars.admin.stacks import stacked
from cars.admin.standing import brief_of
from cars.costs import Category
from cars.costs import of as costs_of
from cars.models import Car, Inspection, Insurance, OdometerReading, Registration
from fleet.admin.tabs import tab
from fleet.db.period import months_later

_MOST: Final = 25  # rows of each kind; the list has the rest
_PAPERS: Final = ((Insurance, _("Insurance")), (Registration, _("Registration")), (Inspection, _("Inspection")))
_MONEY: Final = tuple(
    f"cars.view_{kind}"
    for kind in ("insurance", "registration", "inspection", "servicerecord", "issuereport", "damage")
)
CATEGORIES: Final = {
    Category.INSURANCE: _("Insurance"),
    Category.REGISTRATION: _("Registration"),
    Category.INSPECTION: _("Inspection"),
    Category.SERVICE: _("Service"),
    Category.REPAIR: _("Repairs"),
    Category.DAMAGE: _("Damages"),
}


@tab("cars.car", "papers", _("Papers"), permission="cars.view_insurance", order=20, template="admin/cars/papers.html")
def papers(car: Car, request: HttpRequest) -> dict[str, Any]:
    """Show every paper, the one that lasts longest first; it alone can be renewed."""
    today = timezone.localdate()
    kinds = [_papers(car, model, title, request, today) for model, title in _PAPERS]
    return {"kinds": kinds, "gaps": gaps.of(Car.objects.filter(pk=car.pk), today, months_later(today, 6))}


def _papers(car: Car, model: Any, title: Any, request: HttpRequest, today: Any) -> dict[str, Any]:
    name = f"cars_{model._meta.model_name}"
    user: Any = request.user
    rows, seen = [], set()
    may_add = user.has_perm(f"cars.add_{model._meta.model_name}")
    for paper in model.objects.filter(car=car).order_by("-valid_until", "-id")[:_MOST]:
        kind = getattr(paper, "kind", "")
        newest = kind not in seen
        seen.add(kind)
        renew = reverse(f"admin:{name}_renew", args=[paper.pk]) if newest and may_add else ""
        link = reverse(f"admin:{name}_change", args=[paper.pk])
        rows.append({"paper": paper, "left": (paper.valid_until - today).days, "renew": renew, "link": link})
    add = f"{reverse(f'admin:{name}_add')}?car={car.pk}" if may_add else ""
    every = f"{reverse(f'admin:{name}_changelist')}?car__id__exact={car.pk}"
    return {"title": title, "slug": model._meta.model_name, "rows": rows, "add": add, "all": every}


@tab(
    "cars.car",
    "service",
    _("Service"),
    permission="cars.view_servicerecord",
    order=30,
    template="admin/cars/service.html",
)
def service(car: Car, request: HttpRequest) -> dict[str, Any]:
    """Show what is planned, what was done, and how the odometer went."""
    return {
        "planned": alerts.services(brief_of(car).wear, timezone.localdate()),
        "pace": brief_of(car).wear.km_per_day,
        "done": car.service_records.order_by("-service_date", "-id")[:_MOST],
        "readings": OdometerReading.objects.valid().filter(car=car).order_by("-taken_at", "-id")[:10],
    }


@tab("cars.car", "issues", _("Issues"), permission="cars.view_issuereport", order=40, template="admin/cars/issues.html")
def issues(car: Car, request: HttpRequest) -> dict[str, Any]:
    """Show what is wrong, the open first, and every mark."""
    return {
        "issues": car.issues.select_related("reported_by").order_by("resolved_at", "-created_at")[:_MOST],
        "damages": car.damages.order_by("repaired_at", "-created_at")[:_MOST],
    }


@tab("cars.car", "costs", _("Costs"), permission="cars.view_insurance", order=60, template="admin/cars/costs.html")
def costs(car: Car, request: HttpRequest) -> dict[str, Any]:
    """Show what a year of the car cost, month by month, to those who may see every part of it."""
    if not all(request.user.has_perm(name) for name in _MONEY):
        return {"costs": None}
    today = timezone.localdate()
    found = costs_of(Car.objects.filter(pk=car.pk), months_later(today.replace(day=1), -11), today)[car.pk]
    return {
        "costs": found,
        "chart": stacked(found, CATEGORIES),
        "columns": list(CATEGORIES.items()),
        "months": [(one.first, [one.categories[name] for name in CATEGORIES], one.total) for one in found.months[::-1]],
        "sums": [found.categories[one] for one in CATEGORIES],
    }
