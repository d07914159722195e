"""Where the menu of columns above a list is sent to."""

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import columns, listing
from accounts.models import User
from fleet.admin.columns import key
from fleet.admin.pages import page
from fleet.api.permissions import LOGGED_IN


@page("columns/", name="columns", title="", icon="", permission=LOGGED_IN, listed=False)
@require_POST
def chosen(request: HttpRequest) -> HttpResponse:
    """Keep which columns are ticked, or forget the choice, and lead back to the list."""
    sent, by = request.POST, cast("User", request.user)
    label = sent.get("model", "")
    model_admin = next((one for model, one in admin.site._registry.items() if model._meta.label_lower == label), None)
    if model_admin is None:
        raise Http404
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    known: Any = model_admin.offered_columns(request)  # type: ignore[attr-defined]
    ticked = [key(name) for name in known if key(name) in sent.getlist("column")]
    columns.choose(label, None if "reset" in sent else ticked, by=by)
    query = listing.kept(sent.get("query", "")[:4000])
    return HttpResponseRedirect(f"{reverse(f'admin:{label.replace(".", "_")}_changelist')}?{query}".removesuffix("?"))
