"""One verb for many chosen rows of a list, looked at row by row first: what would change, what is refused and why.

    class CarAdmin(FleetAdmin):
        actions = ("move_to_branch",)

        @bulk(_("Move to a branch"), permission="cars.change_car", form=BranchForm, shows=lambda car: car.branch)
        def move_to_branch(self, request, car, data) -> None:
            placing.station(car.pk, **data, by=request.user)

The preview takes every step for real and takes all of them back. Then all of the rows that are still chosen are
changed, or none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.contrib.admin import action, helpers
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fleet.admin.forms import StepForm
from fleet.admin.outcomes import Outcome, tried

MOST: Final = 100  # rows at a time
ASK, LOOK, DO = "ask", "look", "do"

type Act = Callable[[Any, HttpRequest, Any, dict[str, Any]], Any]


@dataclass(frozen=True)
class _Bulk:
    label: Any
    name: str
    act: Act
    shows: Callable[[Any], Any]
    form: type[StepForm]
    danger: bool


def bulk(
    label: Any, *, permission: str, shows: Callable[[Any], Any], form: type[StepForm] = StepForm, danger: bool = False
) -> Callable[[Act], Any]:
    """Make an admin method that calls one verb an action of the list; `shows` is what of a row changes."""

    def decorate(method: Act) -> Any:
        asked = _Bulk(label, method.__name__, method, shows, form, danger)

        @wraps(method)
        def run(admin: Any, request: HttpRequest, queryset: "QuerySet[Any]") -> HttpResponse | None:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return _answer(asked, admin, request, queryset)

        shown: Any = action(description=label)(run)
        shown.needs = permission  # FleetAdmin.get_actions() hides it from others
        return shown

    return decorate


def _answer(asked: _Bulk, admin: Any, request: HttpRequest, queryset: "QuerySet[Any]") -> HttpResponse | None:
    chosen = list(queryset.order_by("pk")[: MOST + 1])
    if len(chosen) > MOST:
        messages.error(request, _("Choose at most %(most)d rows.") % {"most": MOST})
        return None
    stage = request.POST.get("stage", LOOK if not asked.form.base_fields else ASK)
    filled = asked.form(None if stage == ASK else request.POST, request=request)
    if stage == ASK or not filled.is_valid():
        rows = [Outcome(row, asked.shows(row)) for row in chosen]
        return _page(asked, admin, request, filled, rows, looked=False)
    outcomes, error = tried(
        chosen,
        lambda row: asked.act(admin, request, row, dict(filled.cleaned_data)),
        lambda row: asked.shows(admin.get_queryset(request).get(pk=row.pk)),
        keep=stage == DO,
    )
    if stage == DO and not error:
        return _told(request, outcomes)
    if error:
        messages.error(request, error)
    return _page(asked, admin, request, filled, outcomes, looked=True)


def _told(request: HttpRequest, outcomes: Sequence[Outcome]) -> HttpResponse:
    done = sum(1 for one in outcomes if not one.is_same)
    words = ngettext("%(n)d row is changed.", "%(n)d rows are changed.", done) % {"n": done}
    messages.success(request, words)
    return HttpResponseRedirect(request.get_full_path())


def _page(
    asked: _Bulk, admin: Any, request: HttpRequest, filled: StepForm, outcomes: Sequence[Outcome], *, looked: bool
) -> HttpResponse:
    request.current_app = admin.admin_site.name
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "model_admin": admin,
        "title": asked.label,
        "danger": asked.danger,
        "form": filled,
        "media": admin.media + filled.media,
        "outcomes": outcomes,
        "looked": looked,
        "ready": looked and any(not one.refusal for one in outcomes),
        "name": asked.name,
        "chosen": helpers.ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/fleet/bulk.html", context)
