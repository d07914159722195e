"""Reports in the admin: the same questions and numbers as at the API, as a table, a picture and a file."""

from datetime import date
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget

from cars.models import Branch
from contracts.reports import asking, chart, files
from contracts.reports.catalogue import REPORTS, answered
from contracts.reports.shape import Column, Kind, Question, Report, Table
from contracts.reports.wording import worded
from fleet.admin.forms import dress
from fleet.admin.pages import page, render
from fleet.errors import DomainError, Invalid
from fleet.sheets import KINDS

_ANY: Final = tuple(dict.fromkeys(report.permission for report in REPORTS.values()))
_NUMBERS: Final = {Kind.COUNT, Kind.MINUTES, Kind.MONEY, Kind.SHARE}
_GROUPS: Final = {"day": _("day"), "month": _("month"), "branch": _("branch"), "category": _("category")}
_WRITTEN: Final = "%d.%m.%Y"
_PER_PAGE: Final = 100  # rows of a long report on the screen; its files have them all
_page: Final[dict[str, Any]] = {"icon": "monitoring", "permission": _ANY, "listed": False}


class _Day(forms.DateField):
    """A day as people write it; links and the API say it as ISO 8601 does."""

    widget = UnfoldAdminDateWidget

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False, input_formats=[_WRITTEN, "%Y-%m-%d"])


class QuestionForm(forms.Form):
    """What the report may be asked, filled with what it answers."""

    known: ClassVar[dict[str, Any]] = {
        "from": lambda: _Day(_("from")),
        "to": lambda: _Day(_("to")),
        "on": lambda: _Day(_("day")),
        "branch": lambda: forms.ModelChoiceField(
            Branch.objects.all(), label=_("branch"), required=False, empty_label=_("all branches")
        ),
        "within": lambda: forms.IntegerField(label=_("days ahead"), required=False, min_value=0, max_value=366),
        "limit": lambda: forms.IntegerField(label=_("how many"), required=False, min_value=1, max_value=100),
    }

    def __init__(self, report: Report, data: QueryDict) -> None:
        super().__init__(data)
        for name in report.parameters:
            self.fields[name] = self.known[name]() if name in self.known else _by(report)
        dress(self.fields.values())

    @property
    def wanted(self) -> dict[str, Any]:
        branch = self.cleaned_data.get("branch")
        return {**self.cleaned_data, "branch": branch.pk if branch else None}


@page("reports/", name="reports", title=_("Reports"), icon="monitoring", permission=_ANY, order=60)
def reports(request: HttpRequest) -> HttpResponse:
    may = [one for one in REPORTS.values() if request.user.has_perm(one.permission)]
    return render(request, "admin/contracts/reports.html", {"reports": may})


@page("reports/<slug:name>/", name="report", title=_("Reports"), **_page)
def report(request: HttpRequest, name: str) -> HttpResponse:
    found = _found(request, name)
    form = QuestionForm(found, request.GET)
    asked, refusal = _asked(request, found, form)
    context = {"title": found.title, "report": found, "refusal": refusal}
    if asked is not None:
        table = answered(found, asked)
        context |= _shown(request, found, asked, table)
    context["form"] = _filled(found, request.GET, asked)
    context["media"] = context["form"].media
    return render(request, "admin/contracts/report.html", context, status=200 if asked else 400)


@page("reports/<slug:name>/<slug:kind>/", name="report_file", title=_("Reports"), **_page)
def report_file(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    found = _found(request, name)
    asked, _refusal = _asked(request, found, QuestionForm(found, request.GET))
    if kind not in KINDS or asked is None:
        raise Http404
    response: Any = files.response(found, asked, answered(found, asked), kind)
    return response  # type: ignore[no-any-return]


def _found(request: HttpRequest, name: str) -> Report:
    if name not in REPORTS:
        raise Http404
    if not request.user.has_perm(REPORTS[name].permission):
        raise PermissionDenied
    return REPORTS[name]


def _asked(request: HttpRequest, found: Report, form: QuestionForm) -> tuple[Question | None, str]:
    """Return the question, or why it cannot be asked."""
    if not form.is_valid():
        return None, " ".join(f"{form[name].label}: {' '.join(map(str, texts))}" for name, texts in form.errors.items())
    try:
        return asking.question(found, form.wanted, user=request.user, now=timezone.now()), ""
    except Invalid as error:
        return None, " ".join(error.fields.values()) or error.detail
    except DomainError as error:
        raise PermissionDenied from error


def _filled(found: Report, given: QueryDict, asked: Question | None) -> QuestionForm:
    """Return the form with what was really asked, defaults and all."""
    if asked is None:
        return QuestionForm(found, given)
    values = given.copy()
    answers = {"from": asked.first, "to": asked.last, "on": asked.last, "branch": asked.branch_id or "", "by": asked.by}
    for name, value in {**answers, "within": asked.within, "limit": asked.limit}.items():
        values[name] = f"{value:{_WRITTEN}}" if isinstance(value, date) else str(value)
    return QuestionForm(found, values)


def _shown(request: HttpRequest, found: Report, asked: Question, table: Table) -> dict[str, Any]:
    columns = [one for one in found.columns if one.kind is not Kind.ID and one.name != "key"]
    over_time = asked.by in ("day", "month")
    drawn = "" if over_time or not found.drawn else found.drawn[0]
    most = max((row[drawn] or 0 for row in table.rows), default=0) if drawn else 0
    shown = Paginator(table.rows, _PER_PAGE).get_page(request.GET.get("p"))
    query = request.GET.copy()
    query.pop("p", None)
    return {
        "asked": asked,
        "columns": [{"title": one.title, "number": one.kind in _NUMBERS} for one in columns],
        "rows": [_row(request, columns, row, drawn, most) for row in shown],
        "shown": shown,
        "query": query.urlencode(),
        "totals": [(one.title, worded(one, table.totals.get(one.name))) for one in found.totals],
        "chart": chart.drawn(found, table) if over_time else None,
        "bars": bool(drawn),
        "count_page": _count_page(request, found),
        "files": [
            (kind, f"{reverse('admin:report_file', args=[found.name, kind])}?{query.urlencode()}") for kind in KINDS
        ],
    }


def _count_page(request: HttpRequest, found: Report) -> str:
    """Return where the drawer is counted, for those who may."""
    may = found.name == "day-close" and request.user.has_perm("contracts.add_dayclose")
    return reverse("admin:contracts_dayclose_add") if may else ""


def _row(request: HttpRequest, columns: list[Column], row: dict[str, Any], drawn: str, most: Any) -> dict[str, Any]:
    cells = [{"text": worded(one, row[one.name]), "number": one.kind in _NUMBERS, "link": ""} for one in columns]
    if "contract" in row and request.user.has_perm("contracts.view_contract"):
        cells[0]["link"] = reverse("admin:contracts_contract_change", args=[row["contract"]])
    return {"cells": cells, "part": _part(row[drawn], most) if drawn else None}


def _part(value: Any, most: Any) -> str:
    """Return the length of a row's bar, of 100 for the longest."""
    return f"{max(100 * (value or 0) / most, 0):.1f}" if most else "0"


def _by(found: Report) -> forms.ChoiceField:
    return forms.ChoiceField(label=_("per"), required=False, choices=[(one, _GROUPS[one]) for one in found.groups])
