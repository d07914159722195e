"""Pages about the trail as a whole: how much happens, and what is filtered as a file."""

from datetime import timedelta
from typing import Any, Final

from auditlog.models import LogEntry
from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import history, statistics, words
from audit.columns import COLUMNS, TITLES, cells
from fleet import sheets, trail
from fleet.admin.pages import page, render

_CHOICES: Final = (7, 30, 90)
MOST_ROWS: Final = 100_000
_VIEW: Final = "auditlog.view_logentry"


@page(
    "audit/statistics/", name="audit_statistics", title=gettext_lazy("Trail: statistics"), icon="monitoring",
    permission=_VIEW, listed=False,
)  # fmt: skip
def shown(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, _CHOICES) else _CHOICES[1]
    last = timezone.now()
    first = last - timedelta(days=days)
    counted = statistics.of(history.everything().filter(timestamp__gte=first, timestamp__lt=last))
    context = {"counted": counted, "tables": _tables(counted), "first": first, "last": last, "choices": _CHOICES}
    return render(request, "admin/fleet/trail_statistics.html", context)


def _tables(counted: statistics.Statistics) -> list[tuple[str, list[tuple[str, int]]]]:
    return [
        (_("By day"), [(formats.localize(one.key), one.entries) for one in counted.days]),
        (_("By action"), [(_action(*one.key), one.entries) for one in counted.actions]),
        (_("By kind"), [(_kind(one.key), one.entries) for one in counted.models]),
        (_("By person"), [(one.key[1] or _("nobody"), one.entries) for one in counted.actors]),
    ]


def _action(action: int, what: str) -> str:
    return words.of(what) or str(dict(LogEntry.Action.choices)[action])


def _kind(label: str) -> str:
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name)) if label else _("no single object")
    except LookupError:  # the model has gone since
        return label


@page("audit/export/", name="audit_export", title="", icon="", permission=_VIEW, listed=False)
def export(request: HttpRequest) -> HttpResponse:
    """Answer with what the list shows, all pages of it, people by their pseudonyms."""
    listed: Any = admin.site.get_model_admin(LogEntry)
    rows = listed.get_changelist_instance(request).get_queryset(request)[:MOST_ROWS]
    trail.record("export", of="audit", format=sheets.CSV, filters=sorted(request.GET))
    lines = map(cells, rows.iterator(chunk_size=2_000))
    day = timezone.localdate()
    return sheets.response(f"audit-{day}", sheets.CSV, [TITLES[key] for key in COLUMNS], lines)  # type: ignore[return-value] # a stream
