"""What a list of the admin shows as a file: its filters, its order, the columns that the reader has chosen."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import batched
from typing import Any, Final

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from fleet import sheets, trail
from fleet.admin import columns, ways
from fleet.admin.pages import page
from fleet.api.exporting import MOST_ROWS
from fleet.api.permissions import LOGGED_IN

_AT_ONCE: Final = 1_000


@page("lists/<str:label>/<str:kind>/", name="list_export", title="", icon="", permission=LOGGED_IN, listed=False)
def export(request: HttpRequest, label: str, kind: str) -> HttpResponse:
    """Answer with the rows that the list shows, all pages of it; on record as an export."""
    model_admin = ways.list_of(label)
    if model_admin is None or kind not in sheets.KINDS:
        raise Http404
    if not may(model_admin, request):
        raise PermissionDenied
    try:
        rows = model_admin.get_changelist_instance(request).queryset
    except IncorrectLookupParameters as error:
        raise Http404 from error
    count = rows.order_by()[: MOST_ROWS[kind] + 1].count()
    if count > MOST_ROWS[kind]:
        messages.error(request, _("So many rows do not go into one file. Narrow the filters."))
        return HttpResponseRedirect(ways.to_list(label, request.GET.urlencode()))
    name = f"{model_admin.opts.model_name}s"
    # Names of the filters only: what somebody looked for may be a person.
    trail.record("export", None, of=name, format=kind, rows=count, filters=sorted(request.GET))
    names = model_admin.get_list_display(request)
    head = [columns.titled(model_admin, one) for one in names]
    found = _lines(model_admin, request, rows, names)
    return sheets.response(f"{name}-{timezone.localdate()}", kind, head, found)  # type: ignore[return-value] # a stream


def may(model_admin: Any, request: HttpRequest) -> bool:
    """Say whether this user may take the list with him."""
    needed = model_admin.export_permissions
    return needed is not None and model_admin.has_view_permission(request) and request.user.has_perms(needed)


def _lines(model_admin: Any, request: HttpRequest, rows: Any, names: Any) -> Iterator[list[Any]]:
    for some in batched(rows.iterator(chunk_size=_AT_ONCE), _AT_ONCE, strict=False):
        model_admin.prepare(some, request)
        for row in some:
            yield [cell(model_admin, row, name) for name in names]


def cell(model_admin: Any, row: Any, name: str) -> Any:
    """Return what a column shows of the row: dates and sums as such, all else in words."""
    if name in model_admin.exported:
        return getattr(row, model_admin.exported[name])
    field, attr, value = lookup_field(name, row, model_admin)
    if field is not None and field.flatchoices:
        return getattr(row, f"get_{name}_display")()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if getattr(attr, "label", None) and isinstance(value, (tuple, list)):
        value = value[-1]  # Unfold: what the colour follows, and the word
    if value is None or isinstance(value, (int, Decimal, date)):
        return value
    return " ".join(strip_tags(str(value)).split())
