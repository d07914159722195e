"""The lists of the admin as filters: what a saved query leaves of the rows, for whoever may see the list."""

from typing import Any, Final

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from accounts.models import SavedFilter
from fleet.admin import ways
from fleet.api.pagination import BadParameter
from fleet.errors import Invalid

_NOT_KEPT: Final = ("p", "all", "e", "_popup", "_to_field", "_changelist_filters", "filter")


def narrowed(user: Any, queryset: "QuerySet[Any]", slug: str) -> "QuerySet[Any]":
    """Return the rows that the saved filter leaves. Raises BadParameter for one that the user cannot use."""
    label = queryset.model._meta.label_lower
    known = SavedFilter.objects.usable_by(user).of_list(label).filter(slug=slug[:80]).first()
    if known is None:
        raise BadParameter("filter", gettext("There is no saved filter %(slug)r here.") % {"slug": slug[:80]})
    try:
        left = rows(user, label, known.query)
    except Invalid as error:
        raise BadParameter("filter", str(error.detail)) from error
    return queryset.filter(pk__in=left.order_by().values("pk"))


def rows(user: Any, label: str, query: str) -> "QuerySet[Any]":
    """Return what the list of this model shows this user for the query. Raises Invalid when it shows nothing."""
    model_admin = ways.list_of(label)
    asked = HttpRequest()
    asked.method, asked.user, asked.GET = "GET", user, QueryDict(query)
    if model_admin is None or not model_admin.has_view_permission(asked):
        raise Invalid(model=gettext("There is no such list."), code="unknown_list")
    try:
        listed = _listing(model_admin, asked)
        found: QuerySet[Any] = listed.queryset
    except (IncorrectLookupParameters, SuspiciousOperation, ValidationError) as error:
        raise Invalid(query=gettext("This list cannot be filtered like that."), code="unknown_filter") from error
    return found


def kept(query: str) -> str:
    """Return the part of an address that filters and sorts, in one order; not the page, nor a popup."""
    asked = QueryDict(query.removeprefix("?"), mutable=True)
    for name in _NOT_KEPT:
        asked.pop(name, None)
    said = QueryDict(mutable=True)
    for name in sorted(asked):
        values = [value for value in asked.getlist(name) if value]
        if values:
            said.setlist(name, values)
    return said.urlencode()


def _listing(model_admin: Any, asked: HttpRequest) -> Any:
    """Return the list without its page: no row is read and none counted."""
    kind = model_admin.get_changelist(asked)
    quiet = type("Quiet", (kind,), {"get_results": lambda self, request: None})
    return quiet(
        asked,
        model_admin.model,
        model_admin.get_list_display(asked),
        (),
        model_admin.get_list_filter(asked),
        model_admin.date_hierarchy,
        model_admin.get_search_fields(asked),
        (),
        model_admin.list_per_page,
        model_admin.list_max_show_all,
        (),
        model_admin,
        model_admin.get_sortable_by(asked),
        "",
    )
