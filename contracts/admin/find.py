"""Find a car: which are free for the days, what they cost, why the others are not, and what comes near."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cars.models import Branch, Category
from contracts.admin.clock import WallClockField, asked_for, instant, wall
from contracts.search import Offer, Wanted, search
from fleet.admin.forms import dress
from fleet.admin.pages import page, render
from fleet.db.period import Period
from fleet.errors import DomainError
from fleet.money import shown

_QUARTER: Final = timedelta(minutes=15)
_DAY: Final = timedelta(days=1)
_FRIDAY: Final = 4
_LEAVES, _RETURNS = time(16), time(20)  # of a weekend
_ISO: Final = "%Y-%m-%dT%H:%M"
_MOST: Final = 60  # cards on a page
_REASONS: Final = 60  # cars on a page that are not free


class FindForm(forms.Form):
    """Times are those of the branch's clock; without a branch those of the installation."""

    start_at = WallClockField(label=gettext_lazy("pick-up"))
    end_at = WallClockField(label=gettext_lazy("return"))
    branch = forms.ModelChoiceField(
        Branch.objects.filter(is_active=True),
        label=gettext_lazy("branch"),
        required=False,
        empty_label=gettext_lazy("any"),
    )
    category = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields.values())

    @property
    def zone(self) -> ZoneInfo:
        branch = self.cleaned_data.get("branch")
        return branch.zone if branch else timezone.get_default_timezone()

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        walls = [entered.get(name) for name in ("start_at", "end_at")]
        if all(walls):
            start, end = (instant(one, self.zone) for one in walls)  # type: ignore[arg-type]
            if end <= start:
                raise ValidationError(_("The return must be after the pick-up."))
            entered["period"] = Period(start, end)
        return entered


@dataclass(frozen=True)
class Choice:
    """A link among few."""

    words: str
    link: str
    chosen: bool
    count: int | None = None


@dataclass(frozen=True)
class Card:
    """An offer as it is shown."""

    offer: Offer
    total: str
    rate: str
    free_until: str
    days: str
    rent: str


@page(
    "find/",
    name="find",
    title=gettext_lazy("Find a car"),
    icon="search",
    permission=("contracts.book_contract", "contracts.view_contract"),
    order=20,
)
def find(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = FindForm(_asked(request, now))
    context: dict[str, Any] = {"form": form, "media": form.media, "may_book": _books(request), "presets": []}
    if form.is_valid():
        context |= _found(request, form, now)
    else:
        context["presets"] = list(_presets(now, timezone.get_default_timezone(), {}, None))
    return render(request, "admin/contracts/find.html", context)


def _books(request: HttpRequest) -> bool:
    return request.user.has_perm("contracts.book_contract")


def _asked(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Return what was asked for, by the form or by a link such as `?start=2026-12-04T16:00&end=…&category=suv`."""
    asked = request.GET.dict()
    if "start_at_0" in asked:
        return asked
    start = asked_for(asked.get("start", "")) or _next_quarter(now, timezone.get_default_timezone())
    end = asked_for(asked.get("end", "")) or start + _DAY
    times = {"start_at": start, "end_at": end}
    halves = {
        f"{name}_{part}": f"{at:{how}}" for name, at in times.items() for part, how in enumerate(("%d.%m.%Y", "%H:%M"))
    }
    return {**halves, **{name: asked.get(name, "") for name in ("branch", "category")}}


def _found(request: HttpRequest, form: FindForm, now: datetime) -> dict[str, Any]:
    entered, zone = form.cleaned_data, form.zone
    branch, code, period = entered["branch"], entered["category"], entered["period"]
    wanted = Wanted(period, branch_id=branch.pk if branch else None, at_counter=True)
    kept = {"branch": str(branch.pk)} if branch else {}
    link = _link(period, zone, {**kept, **({"category": code} if code else {})})
    context: dict[str, Any] = {"link": link, "period": (wall(period.start, zone), wall(period.end, zone))}
    try:
        free = search(wanted, now=now).free
        chosen = [one for one in free if not code or one.car.category.code == code]
        if not chosen or request.GET.get("why"):
            explained = search(replace(wanted, category=code), now=now, explain=True)
            context["refused"] = Paginator(explained.refused, _REASONS).get_page(request.GET.get("why"))
            context["near"] = [_card(one, zone) for one in explained.alternatives]
    except DomainError as error:
        form.add_error(None, error.detail)
        return context
    return context | {
        "cards": [_card(one, zone) for one in chosen[:_MOST]],
        "free": len(chosen),
        "days": chosen[0].days if chosen else None,
        "presets": list(_presets(now, zone, {**kept, **({"category": code} if code else {})}, period)),
        "categories": list(_categories(free, code, period, zone, kept)),
    }


def _categories(
    free: Sequence[Offer], code: str, period: Period, zone: ZoneInfo, kept: dict[str, str]
) -> Iterator[Choice]:
    counts: dict[str, int] = {}
    for offer in free:
        counts[offer.car.category.code] = counts.get(offer.car.category.code, 0) + 1
    yield Choice(_("All"), _link(period, zone, kept), not code, len(free))
    for known, name in Category.objects.order_by("upgrade_rank", "name").values_list("code", "name"):
        yield Choice(name, _link(period, zone, {**kept, "category": known}), known == code, counts.get(known, 0))


def _presets(now: datetime, zone: ZoneInfo, kept: dict[str, str], period: Period | None) -> Iterator[Choice]:
    start = _next_quarter(now, zone)
    friday = datetime.combine(start.date() + timedelta(days=(_FRIDAY - start.weekday()) % 7), _LEAVES)
    if start.weekday() > _FRIDAY:
        friday -= timedelta(days=7)
    weekends = [
        (max(one, start), datetime.combine(one.date() + 2 * _DAY, _RETURNS)) for one in (friday, friday + 7 * _DAY)
    ]
    named = [
        (_("Now, 1 day"), start, start + _DAY),
        (_("Now, 3 days"), start, start + 3 * _DAY),
        (_("This weekend · %(days)s"), *weekends[0]),
        (_("Next weekend · %(days)s"), *weekends[1]),
        (_("Now, 1 week"), start, start + 7 * _DAY),
    ]
    for words, first, last in named:
        if first >= last:  # Sunday evening
            continue
        wanted = Period(first.replace(tzinfo=zone), last.replace(tzinfo=zone))
        days = f"{first:%d.%m.} – {last:%d.%m.}"
        yield Choice(words % {"days": days}, _link(wanted, zone, kept), period == wanted)


def _card(offer: Offer, zone: ZoneInfo) -> Card:
    local = offer.car.branch.zone
    times = {"start": f"{wall(offer.period.start, local):{_ISO}}", "end": f"{wall(offer.period.end, local):{_ISO}}"}
    until = offer.free_until
    return Card(
        offer,
        shown(offer.total),
        shown(offer.rates.daily_rate),
        f"{until.astimezone(local):%d.%m.%Y %H:%M}" if until else "",
        f"{offer.period.start.astimezone(zone):%d.%m. %H:%M} → {offer.period.end.astimezone(zone):%d.%m. %H:%M}",
        f"{reverse('admin:contracts_contract_add')}?{urlencode({'car': str(offer.car.pk), **times})}",
    )


def _link(period: Period, zone: ZoneInfo, kept: dict[str, str]) -> str:
    times = {"start": f"{wall(period.start, zone):{_ISO}}", "end": f"{wall(period.end, zone):{_ISO}}"}
    return f"{reverse('admin:find')}?{urlencode({**times, **kept})}"


def _next_quarter(now: datetime, zone: ZoneInfo) -> datetime:
    local = wall(now, zone)
    return local.replace(minute=0, second=0, microsecond=0) + _QUARTER * (local.minute // 15 + 1)
