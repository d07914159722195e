"""The timeline: cars and days on one page, and what is done there by dragging or by keys."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from cars.models import Branch, Category
from contracts import moving, underway
from contracts import timeline as read
from contracts.admin import clock, timeline_rows
from contracts.models import Contract
from fleet.admin.base import REFUSALS, said
from fleet.admin.pages import page, render
from fleet.errors import DomainError, Invalid, NotFound
from fleet.money import shown

LENGTHS: Final = (7, 14, 31, 62)
_USUAL: Final = 31
_STATES: Final = (("", _("All cars")), ("free", _("Free now")), *timeline_rows.LEGEND[:4], timeline_rows.LEGEND[5])
_OFFERED: Final = {
    "may_book": "contracts.book_contract",
    "may_block": "cars.block_car",
    "may_extend": "contracts.extend_contract",
    "may_move": "contracts.book_contract",
}
_FARTHEST: Final = timedelta(days=3650)
_HEADERS: Final = {"Cache-Control": "private, no-cache"}  # kept, but asked for again each time


@page(
    "timeline/",
    name="timeline",
    title=_("Timeline"),
    icon="view_timeline",
    permission="cars.view_occupancy",
    order=20,
    revalidated=True,
)
@require_GET
def timeline(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    asked = _Asked(request, now)
    names = request.user.has_perms(("contracts.view_contract", "customers.view_pii"))
    rows = read.rows(asked.window, now=now, category=asked.category, branch=asked.branch, state=asked.state)
    part, more = asked.part_of(rows)
    sizes = Counter(row.category for row in rows)
    contracts = request.user.has_perm("contracts.view_contract")
    body = timeline_rows.body(part, names=names, contracts=contracts, sizes=sizes)
    offered = {name: request.user.has_perm(code) for name, code in _OFFERED.items()}
    context = {**asked.context(), **offered, "count": len(rows), "more": more}
    context["body"] = mark_safe(body)  # noqa: S308 - it escapes
    tag = _tag(request, context)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag, **_HEADERS})
    answer = render(request, "admin/fleet/timeline.html", context)
    for name, value in {"ETag": tag, **_HEADERS}.items():
        answer.headers[name] = value
    return answer


@page(
    "timeline/contract/",
    name="timeline_contract",
    title="",
    icon="",
    permission="contracts.view_contract",
    listed=False,
)
@require_GET
def contract_of_number(request: HttpRequest) -> HttpResponse:
    """Lead from the number of a contract to its page."""
    found = _contract(request, request.GET.get("number", ""))
    if found is None:
        raise Http404
    return HttpResponseRedirect(reverse("admin:contracts_contract_change", args=[found.pk]))


@page(
    "timeline/extend/", name="timeline_extend", title="", icon="", permission="contracts.extend_contract", listed=False
)
@require_POST
def extend(request: HttpRequest) -> HttpResponse:
    """Let a rental end at the same hour of another day."""

    def work(contract: Contract, by: Any, now: datetime) -> str:
        zone = contract.pickup_branch.zone
        hour = clock.wall(contract.end_at, zone).time()
        day = _day(request.POST.get("day", ""))
        if day is None:
            raise Invalid(_t("Enter a date."), code="no_date")
        end_at = datetime.combine(day, hour, zone)
        changed = underway.extend(contract.pk, end_at=end_at, by=by, now=now)
        return _t("%(contract)s is extended until %(end)s.") % {
            "contract": changed,
            "end": clock.shown(changed.end_at, zone),
        }

    return _done(request, work)


@page("timeline/move/", name="timeline_move", title="", icon="", permission="contracts.book_contract", listed=False)
@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Give a booking another car, or let it begin and end so many days later (`shift`), before it goes out."""

    def work(contract: Contract, by: Any, now: datetime) -> str:
        wanted: dict[str, Any] = _shifted(contract, request.POST.get("shift", ""))
        if car := request.POST.get("car", ""):
            wanted["car_id"] = _uuid(car)
        changed = moving.reschedule(contract.pk, **wanted, by=by, now=now)
        zone = changed.pickup_branch.zone
        return _t("%(contract)s: %(car)s, %(start)s – %(end)s, %(total)s.") % {
            "contract": changed,
            "car": changed.car,
            "start": clock.shown(changed.start_at, zone),
            "end": clock.shown(changed.end_at, zone),
            "total": shown(changed.total),
        }

    return _done(request, work)


def _shifted(contract: Contract, days: str) -> dict[str, datetime]:
    """Return start and end at the same hours so many days later; nothing for 0."""
    try:
        shift = timedelta(days=int(days or 0))
    except ValueError:
        raise Invalid(_t("Choose a day."), code="no_date") from None
    if abs(shift) > _FARTHEST:
        raise Invalid(_t("Choose a day."), code="no_date")
    zone = contract.pickup_branch.zone
    both = {name: clock.wall(getattr(contract, name), zone) + shift for name in ("start_at", "end_at")}
    return {name: wall.replace(tzinfo=zone) for name, wall in both.items()} if shift else {}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(_t("Choose a car."), code="unknown_car") from None


def _done(request: HttpRequest, work: Callable[[Contract, Any, datetime], str]) -> HttpResponse:
    """Call one verb and answer with a sentence, whatever came of it."""
    try:
        contract = _contract(request, request.POST.get("number", ""))
        if contract is None:
            raise NotFound
        return JsonResponse({"detail": work(contract, request.user, timezone.now())})
    except REFUSALS as error:
        return JsonResponse({"detail": said(error)}, status=error.status if isinstance(error, DomainError) else 409)


class _Asked:
    """What the address asks for; anything that makes no sense counts as not said."""

    def __init__(self, request: HttpRequest, now: datetime) -> None:
        zone = timezone.get_default_timezone()
        self.today = now.astimezone(zone).date()
        wanted = request.GET.get("days", "")
        self.days = int(wanted) if wanted in map(str, LENGTHS) else _USUAL
        self.first = _day(request.GET.get("from", "")) or self._around_today()
        self.category, self.branch = request.GET.get("category", ""), request.GET.get("branch", "")
        self.state = request.GET.get("state", "")
        part = request.GET.get("part", "")
        self.part = int(part) if re.fullmatch(r"[0-9]{1,3}", part) else 0
        self.window = read.Window(self.first, self.days, zone)
        self.now = now

    def _around_today(self) -> date:
        return self.today - timedelta(days=3 if self.days > LENGTHS[1] else 1)

    def _said(self) -> dict[str, str]:
        return {
            "from": "" if self.first == self._around_today() else f"{self.first:%Y-%m-%d}",
            "days": "" if self.days == _USUAL else str(self.days),
            "category": self.category,
            "branch": self.branch,
            "state": self.state,
        }

    def link(self, **changes: Any) -> str:
        return "?" + urlencode({name: value for name, value in {**self._said(), **changes}.items() if value})

    def part_of[R](self, rows: Sequence[R]) -> tuple[Sequence[R], str]:
        """Return the rows that one answer carries, and the link to the next part: its script asks for the others."""
        most = settings.TIMELINE_PART // self.days
        end = (self.part + 1) * most
        return rows[end - most : end], self.link(part=self.part + 1) if rows[end:] else ""

    def context(self) -> dict[str, Any]:
        step = timedelta(days=self.days)
        backdrop = timeline_rows.backdrop(self.window, self.now)
        return {
            "is_fullwidth": "1",
            "days": self.days,
            "head": mark_safe(timeline_rows.head(self.window, self.today)),  # noqa: S308
            "backdrop": mark_safe(backdrop),  # noqa: S308
            "shown": f"{self.window.dates[0]:%d.%m.}–{self.window.dates[-1]:%d.%m.%Y}",
            "legend": timeline_rows.LEGEND,
            "previous": self.link(**{"from": f"{self.first - step:%Y-%m-%d}"}),
            "next": self.link(**{"from": f"{self.first + step:%Y-%m-%d}"}),
            "here": self.link(**{"from": ""}),
            "lengths": [(days, self.link(days="" if days == _USUAL else days), days == self.days) for days in LENGTHS],
            "categories": self._choices("category", [("", _("All")), *Category.objects.values_list("code", "name")]),
            "states": self._choices("state", _STATES),
            "branches": list(Branch.objects.filter(is_active=True).values_list("code", "name")),
            "branch": self.branch,
            "kept": [(name, value) for name, value in self._said().items() if value and name != "branch"],
        }

    def _choices(self, name: str, choices: Any) -> list[tuple[Any, str, bool]]:
        return [(word, self.link(**{name: key}), key == getattr(self, name)) for key, word in choices]


def _tag(request: HttpRequest, context: dict[str, Any]) -> str:
    """Return a digest of all that the page shows: its rows, and what of the frame differs between people."""
    frame = (request.user.pk, sorted(request.user.get_all_permissions()), get_language())
    get_token(request)  # of the forms on the page: makes sure that there is a secret
    secret = request.META["CSRF_COOKIE"]
    parts = (
        settings.VERSION,
        frame,
        secret,
        request.get_full_path(),
        *(str(context[one]) for one in ("head", "backdrop", "body")),
    )
    return f'"{sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _contract(request: HttpRequest, number: str) -> Contract | None:
    visible = Contract.objects.visible_to(request.user).select_related("pickup_branch")
    return visible.filter(reference=number[:16]).first()


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None
