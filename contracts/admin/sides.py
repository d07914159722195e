"""What contracts add to the pages of cars and customers: who has the car when, and what a customer rented and owes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from cars.models import Car, Occupancy
from contracts import timeline
from contracts.admin import clock, standing, timeline_rows
from contracts.models import Contract
from contracts.status import HOLDING, Status
from customers.models import Customer
from fleet.admin import tabs
from fleet.admin.tabs import Fact, tab
from fleet.money import ZERO, shown

_MOST: Final = 25  # rows of each kind; the list has the rest
_DAYS: Final = 62
_BEFORE: Final = timedelta(days=3)


@tab(
    "cars.car",
    "timeline",
    _("Timeline"),
    permission="cars.view_occupancy",
    order=50,
    template="admin/contracts/car_timeline.html",
)
def of_car(car: Car, request: HttpRequest) -> dict[str, Any]:
    """Show who has the car and what comes: two months as bars, then the spans to read."""
    now, zone = timezone.now(), timezone.get_default_timezone()
    today = now.astimezone(zone).date()
    window = timeline.Window(today - _BEFORE, _DAYS, zone)
    contracts = request.user.has_perm("contracts.view_contract")
    names = contracts and request.user.has_perm("customers.view_pii")
    rows = timeline.rows(window, now=now, car=car.pk)
    body = timeline_rows.body(rows, names=names, contracts=contracts, base=reverse("admin:timeline"))
    spans: Any = Occupancy.objects.filter(car=car).with_span().select_related("assignment__contract__customer")
    ahead = spans.filter(released_at__isnull=True, ends__gt=now).order_by("starts")[:_MOST]
    past = spans.filter(ends__lte=now, released_at__isnull=True).order_by("-starts")[:_MOST]
    return {
        "days": _DAYS,
        "head": mark_safe(timeline_rows.head(window, today)),  # noqa: S308 - it escapes
        "backdrop": mark_safe(timeline_rows.backdrop(window, now)),  # noqa: S308
        "body": mark_safe(body),  # noqa: S308
        "legend": timeline_rows.LEGEND,
        "ahead": [_span(one, car, contracts=contracts, names=names) for one in ahead],
        "past": [_span(one, car, contracts=contracts, names=names) for one in past],
    }


def _span(occupancy: Any, car: Car, *, contracts: bool, names: bool) -> dict[str, Any]:
    contract = occupancy.assignment.contract if hasattr(occupancy, "assignment") else None
    text, link, pill = occupancy.note or occupancy.get_kind_display(), "", ("", occupancy.get_kind_display())
    if contract is None:
        link = reverse("admin:cars_occupancy_change", args=[occupancy.pk])
    elif contracts:
        who = contract.customer.name if names and contract.customer else ""
        text = " · ".join(filter(None, (contract.reference, who)))
        link = reverse("admin:contracts_contract_change", args=[contract.pk])
        pill = standing.pill(contract, timezone.now())
    zone = car.branch.zone
    return {
        "start": clock.shown(contract.start_at if contract else occupancy.starts, zone),
        "end": clock.shown(contract.end_at if contract else occupancy.ends, zone),
        "text": text,
        "link": link,
        "pill": pill,
    }


@tabs.facts("customers.customer")
def of_customer(customer: Customer, request: HttpRequest) -> Iterator[Fact]:
    """Yield how often somebody rented, whether a car is out, and what is owed, over all contracts; one statement."""
    if not request.user.has_perm("contracts.view_contract"):
        return
    mine = Contract.objects.visible_to(request.user).filter(customer=customer)
    went = Q(status__in=(Status.ACTIVE, Status.RETURNED, Status.CLOSED))
    holding = Q(status__in=HOLDING)
    money = standing.sees_money(request.user)
    sums: Any = (mine.with_money() if money else mine).aggregate(
        rentals=Count("pk", filter=went),
        open=Count("pk", filter=holding),
        out=Count("pk", filter=Q(status=Status.ACTIVE)),
        **({"owed": Sum("balance", filter=Q(balance__gt=0) & ~holding)} if money else {}),
    )
    rentals = reverse("admin:customers_customer_rentals", args=[customer.pk])
    yield Fact(_("Rentals"), sums["rentals"], ("is-green", _("on rent")) if sums["out"] else None, rentals)
    yield Fact(_("Open bookings"), sums["open"] - sums["out"])
    if money:
        owed = sums["owed"] or ZERO
        yield Fact(_("Owes"), shown(owed), ("is-red", _("open")) if owed else None)


@tab(
    "customers.customer",
    "rentals",
    _("Rentals"),
    permission="contracts.view_contract",
    order=20,
    template="admin/contracts/rentals.html",
)
def rentals_of(customer: Customer, request: HttpRequest) -> dict[str, Any]:
    """Show the newest contracts of a customer, as renter or driver."""
    now = timezone.now()
    mine = Contract.objects.visible_to(request.user).of_people([customer.pk])
    found: Any = mine.with_desk().with_money().order_by("-start_at", "-id")[:_MOST]
    money = standing.sees_money(request.user)
    rows = [
        {
            "contract": one,
            "out": clock.shown(one.picked_up_at or one.start_at, one.pickup_branch.zone),
            "back": clock.shown(one.returned_at or one.end_at, one.pickup_branch.zone),
            "pill": standing.pill(one, now),
            "drives": one.customer_id != customer.pk,
            "total": shown(one.total),
            "owed": shown(one.balance) if money and one.balance > 0 and one.status not in HOLDING else "",
        }
        for one in found
    ]
    return {"rows": rows, "may_book": request.user.has_perm("contracts.book_contract")}
