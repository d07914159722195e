"""Today: the page after the log-in. Numbers that lead to their lists, and work with its button in the row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from cars import due as papers
from cars.models import IssueReport
from contracts import today
from contracts.admin import clock, standing
from contracts.models import Contract
from contracts.status import Status
from customers import phones
from fleet.admin.pages import render
from fleet.due import Due, shown_to

_WITHIN: Final = 30  # days in which papers count as due
_MOST_PAPERS: Final = 12
_URGENT: Final = 7
_HEIGHT: Final = 100
# What may be done next with a contract in this state: name of the step, permission, words.
_NEXT: Final = {
    Status.PENDING: ("confirm", "contracts.confirm_contract", gettext_lazy("Confirm")),
    Status.CONFIRMED: ("check_out", "contracts.check_out_contract", gettext_lazy("Check out")),
    Status.ACTIVE: ("check_in", "contracts.check_in_contract", gettext_lazy("Check in")),
}


@dataclass(frozen=True)
class Tile:
    """A number that leads to its list."""

    number: str
    words: str
    link: str
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """A contract in a list: when, what, and the button."""

    contract: Contract
    when: str
    due: str
    who: str
    phone: str
    spelt: str  # the phone for people
    link: str
    pill: tuple[str, Any]
    do: tuple[str, Any] | None


@dataclass(frozen=True)
class Paper:
    """Something of a car that ends, and where it is renewed."""

    title: str
    on: date
    left: int
    tone: str
    link: str
    renew: tuple[str, Any] | None


@dataclass(frozen=True)
class Chart:
    """Shares of 30 days as a drawing of 29 × 100, and in words."""

    line: str
    area: str
    days: Sequence[date]
    now: float
    words: str


def show(request: HttpRequest) -> HttpResponse:
    """Show what the user may know of today."""
    now = timezone.now()
    day = today.Day.of(now, timezone.get_default_timezone())
    user: Any = request.user
    rentals = user.has_perm("contracts.view_contract")
    used = today.used(now, user) if user.has_perm("contracts.report_utilisation") else []
    context: dict[str, Any] = {
        "title": _("Today"),
        "rentals": rentals,
        "may_book": user.has_perm("contracts.book_contract"),
        "tiles": list(_tiles(user, day, now, used)),
        "chart": _chart(used) if used else None,
        **_papers(user, timezone.localdate(now)),
    }
    if rentals:
        moves = today.moves(Contract.objects.visible_to(user), day, now)
        for name in ("overdue", "out", "back"):
            context[name] = [_row(one, user, now) for one in getattr(moves, name)]
    return render(request, "admin/contracts/today.html", context)


def _tiles(user: Any, day: today.Day, now: datetime, used: Any) -> Iterator[Tile]:
    listed = reverse("admin:contracts_contract_changelist")
    cars = reverse("admin:cars_car_changelist")
    free = Tile(str(today.free_cars(now)), _("free now"), f"{cars}?standing=free")
    if user.has_perm("contracts.view_contract"):
        counts = today.counted(Contract.objects.visible_to(user), day, now)
        yield Tile(str(counts["active"]), _("on rent"), f"{listed}?standing=active")
        yield free
        yield Tile(str(counts["going_out"]), _("out today"), f"{listed}?standing=going_out")
        yield Tile(str(counts["due_back"]), _("back today"), f"{listed}?standing=due_back")
        late = counts["overdue"]
        yield Tile(str(late), _("overdue"), f"{listed}?standing=overdue", "is-red" if late else "")
        if not used:
            yield Tile(str(counts["pending"]), _("to confirm"), f"{listed}?standing=pending")
    else:
        yield free
        issues = reverse("admin:cars_issuereport_changelist")
        waiting = IssueReport.objects.filter(status="open").count()
        yield Tile(str(waiting), _("open issues"), f"{issues}?status__exact=open")
    if used:
        yield Tile(f"{used[-1][1]:.0f} %", _("utilisation today"), reverse("admin:report", args=["utilisation"]))


def _row(contract: Contract, user: Any, now: datetime) -> Row:
    leaves = contract.status != Status.ACTIVE
    zone = (contract.pickup_branch if leaves else contract.return_branch).zone
    at = contract.start_at if leaves else contract.end_at
    key, word = standing.of(contract, now)
    known = user.has_perm("customers.view_pii")
    customer = contract.customer
    who = "" if not known else str(customer.name) if customer else _("not named yet")
    step, permission, words = _NEXT[Status(contract.status)]
    return Row(
        contract,
        _late(now - at) if key == standing.OVERDUE else f"{at.astimezone(zone):%H:%M}",
        clock.shown(at, zone),
        who,
        customer.phone if known and customer else "",
        phones.shown(customer.phone) if known and customer else "",
        reverse("admin:contracts_contract_change", args=[contract.pk]),
        (standing.PILLS.get(key, ""), word),
        (reverse(f"admin:contracts_contract_{step}", args=[contract.pk]), words) if user.has_perm(permission) else None,
    )


def _late(by: timedelta) -> str:
    hours = int(by.total_seconds()) // 3600
    return f"+{hours} h" if hours < 48 else f"+{hours // 24} d"


def _papers(user: Any, on: date) -> dict[str, Any]:
    """Return what of the cars ends within 30 days; four statements."""
    found: list[Due] = [*papers.papers(on=on, within=_WITHIN), *papers.services(on=on, within=_WITHIN)]
    seen = sorted(shown_to(user, found), key=lambda due: (due.due_on, due.title))
    return {"papers": [_paper(due, user, on) for due in seen[:_MOST_PAPERS]], "more_papers": len(seen) - _MOST_PAPERS}


def _paper(due: Due, user: Any, on: date) -> Paper:
    left = due.days_left(on)
    model = due.label.replace(".", "_")
    tone = "is-red" if left < 0 else "is-yellow" if left <= _URGENT else ""
    link = reverse(f"admin:{model}_change", args=[due.object_id])
    return Paper(due.title, due.due_on, left, tone, link, _renewal(due, user, model))


def _renewal(due: Due, user: Any, model: str) -> tuple[str, Any] | None:
    """Return where the next one is entered, with what is known filled in."""
    if due.subject == "service":
        allowed = user.has_perm("cars.add_servicerecord")
        return (_service(due.car_id), pgettext("button", "Record")) if allowed else None
    if not user.has_perm(f"cars.add_{due.label.split('.')[1]}"):
        return None
    return reverse(f"admin:{model}_renew", args=[due.object_id]), _("Renew")


def _service(car_id: UUID | None) -> str:
    return f"{reverse('admin:cars_servicerecord_add')}?car={car_id}"


def _chart(used: Sequence[tuple[date, float]]) -> Chart:
    points = [f"{place},{_HEIGHT - share:.1f}" for place, (_day, share) in enumerate(used)]
    line = " ".join(points)
    shares = [share for _day, share in used]
    words = ngettext(
        "Over the last %(days)d day between %(least).0f %% and %(most).0f %%, on average %(mean).0f %%.",
        "Over the last %(days)d days between %(least).0f %% and %(most).0f %%, on average %(mean).0f %%.",
        len(used),
    ) % {"days": len(used), "least": min(shares), "most": max(shares), "mean": sum(shares) / len(shares)}
    marks = [used[place][0] for place in range(0, len(used), 7)]
    return Chart(line, f"0,{_HEIGHT} {line} {len(used) - 1},{_HEIGHT}", marks, shares[-1], words)
