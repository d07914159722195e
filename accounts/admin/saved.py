"""Saved filters in the admin: chips above every list, and a page to rename, share and forget them."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import listing, saving
from accounts.models import SavedFilter
from fleet import sheets
from fleet.admin import columns, exporting, ways
from fleet.admin.base import REFUSALS, said
from fleet.admin.pages import page, render
from fleet.api.permissions import LOGGED_IN

_MOST = 24  # chips of a list


def chips(model_admin: Any, request: HttpRequest) -> dict[str, Any]:
    """Return what the template above a list needs: filters, columns, the way to a file; one statement."""
    if "_popup" in request.GET or not model_admin.has_view_permission(request):
        return {}
    label, here = model_admin.opts.label_lower, listing.kept(request.META.get("QUERY_STRING", ""))
    usable = SavedFilter.objects.usable_by(request.user).of_list(label).order_by("name", "id")[:_MOST]
    known = [(one, one.query == here, one.owner_id == request.user.pk) for one in usable]
    new = bool(here) and not any(chosen for _one, chosen, _mine in known)
    menu = columns.menu(model_admin, request)
    chosen = columns.chosen_by(request, label) is not None
    files = _files(label, here) if exporting.may(model_admin, request) else []
    tools = {"columns": menu, "chosen": chosen, "files": files}
    return {"fleet_chips": {"known": known, "query": here, "new": new, "model": label, **tools}}


def _files(label: str, query: str) -> list[tuple[str, str]]:
    """Return the files that the list can be: what a person calls it, and its address."""
    named = ((sheets.XLSX, "Excel"), (sheets.CSV, "CSV"))
    return [(name, f"{reverse('admin:list_export', args=[label, kind])}?{query}") for kind, name in named]


@page(
    "saved-filters/",
    name="saved_filters",
    title=_("Saved filters"),
    icon="filter_list",
    permission=LOGGED_IN,
    listed=False,
)
def saved_filters(request: HttpRequest) -> HttpResponse:
    """Show one's own filters; a POST saves, changes or forgets one and leads back."""
    if request.method == "POST":
        return HttpResponseRedirect(_done(request))
    mine = SavedFilter.objects.filter(owner=request.user.pk).order_by("model", "name", "id")
    return render(request, "admin/fleet/saved_filters.html", {"rows": [_row(one) for one in mine]})


def _done(request: HttpRequest) -> str:
    """Do what is asked, say it, and return where to go."""
    by: Any = request.user
    sent, own = request.POST, reverse("admin:saved_filters")
    try:
        if sent.get("do") == "save":
            name, shared = sent.get("name", "")[:60], "shared" in sent
            saved = saving.save(sent.get("model", "")[:60], sent.get("query", ""), name, shared=shared, by=by)
            messages.success(request, gettext("“%(name)s” is saved.") % {"name": saved})
            return _link(saved)
        if sent.get("do") == "forget":
            saving.remove(_id(request), by=by)
            messages.success(request, gettext("The filter is forgotten."))
            return own
        changed = saving.revise(_id(request), name=sent.get("name", "")[:60], shared="shared" in sent, by=by)
        messages.success(request, gettext("“%(name)s” is saved.") % {"name": changed})
    except REFUSALS as error:
        messages.error(request, said(error))
        if sent.get("do") == "save" and ways.list_of(sent.get("model", "")):
            return ways.to_list(sent["model"], listing.kept(sent.get("query", "")))
    return own


def _row(saved: SavedFilter) -> dict[str, Any]:
    title = capfirst(str(apps.get_model(saved.model)._meta.verbose_name_plural))
    return {"saved": saved, "list": title, "link": _link(saved)}


def _link(saved: SavedFilter) -> str:
    return ways.to_list(saved.model, saved.query)


def _id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("filter", ""))
    except ValueError:
        return UUID(int=0)
