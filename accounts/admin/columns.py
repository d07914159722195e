"""Where the menu of columns above a list is sent to."""

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts import columns, listing
from accounts.models import User
from fleet.admin import ways
from fleet.admin.columns import key
from fleet.admin.pages import page
from fleet.api.permissions import LOGGED_IN


@page("columns/", name="columns", title="", icon="", permission=LOGGED_IN, listed=False)
@require_POST
def chosen(request: HttpRequest) -> HttpResponse:
    """Keep which columns are ticked, or forget the choice, and lead back to the list."""
    sent, by = request.POST, cast("User", request.user)
    label = sent.get("model", "")
    model_admin = ways.list_of(label)
    if model_admin is None:
        raise Http404
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    known = model_admin.offered_columns(request)
    ticked = [key(name) for name in known if key(name) in sent.getlist("column")]
    columns.choose(label, None if "reset" in sent else ticked, by=by)
    return HttpResponseRedirect(ways.to_list(label, listing.kept(sent.get("query", "")[:4000])))
