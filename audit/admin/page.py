"""The history page of every object in the admin: who, when, through which door, from what to what."""

from typing import Any, Final

from django.contrib.admin.options import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit import history, telling
from fleet.admin import tabs

_PER_PAGE: Final = 50


def show(model_admin: "ModelAdmin[Any]", request: HttpRequest, object_id: str) -> HttpResponse:
    """Answer the page; whoever may view the object may view its history."""
    row = model_admin.get_object(request, unquote(object_id))
    if row is None:
        raise Http404
    if not model_admin.has_view_or_change_permission(request, row):
        raise PermissionDenied
    paginator = model_admin.get_paginator(request, history.entries(row), _PER_PAGE)
    page = paginator.get_page(request.GET.get("p", 1))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("History: %(object)s") % {"object": row},
        "module_name": capfirst(str(model_admin.opts.verbose_name_plural)),
        "object": row,
        "opts": model_admin.opts,
        "page": page,
        "original": row,
        "fleet_head": tabs.head(model_admin, request, row, tabs.HISTORY),
        "entries": telling.told(page.object_list, reader=request.user),
    }
    return TemplateResponse(request, "admin/fleet/history.html", context)
