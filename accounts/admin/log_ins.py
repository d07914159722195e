"""The buttons of My account that log one out elsewhere."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import sessions
from fleet.admin.pages import page
from fleet.api.permissions import LOGGED_IN
from fleet.errors import DomainError

_own = {"icon": "account_circle", "permission": LOGGED_IN, "listed": False}


@page("account/log-ins/<uuid:which>/end/", name="account_end", title=_("My account"), **_own)  # type: ignore[arg-type]
def end(request: HttpRequest, which: UUID) -> HttpResponse:
    return _ended(request, lambda user: sessions.end(user, which, now=timezone.now()))


@page("account/log-ins/end/", name="account_end_all", title=_("My account"), **_own)  # type: ignore[arg-type]
def end_all(request: HttpRequest) -> HttpResponse:
    current = request.session.session_key
    return _ended(
        request,
        lambda user: sessions.end_all(user, now=timezone.now(), reason="ended_by_user", current=current),
    )


def _ended(request: HttpRequest, act: Callable[[Any], Any]) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        act(request.user)
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, gettext("Done: you are logged out there."))
    return HttpResponseRedirect(reverse("admin:account"))
