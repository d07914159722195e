"""My account: password, second factor, and where one is logged in."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_otp import DEVICE_ID_SESSION_KEY

from accounts import factors, people, sessions, signin
from accounts.admin.forms import ConfirmForm, NewFactorForm, OwnPasswordForm
from accounts.roles import named
from fleet.actor import client_ip
from fleet.admin.forms import StepForm
from fleet.admin.pages import page, render
from fleet.api.permissions import LOGGED_IN
from fleet.errors import DomainError

_own = {"icon": "account_circle", "permission": LOGGED_IN, "listed": False}


@page("account/", name="account", title=_("My account"), **_own)  # type: ignore[arg-type]
def account(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    context = {
        "person": user,
        "roles": named(user.role_names),
        "factor": factors.factor_of(user),
        "codes_left": factors.codes_left(user),
        "demanded": factors.demanded_of(user.role_names),
        "log_ins": sessions.alive(user, now=timezone.now(), current=request.session.session_key),
        **{f"{step}_page": reverse(f"admin:account_{step}") for step in ("password", "factor", "codes", "off")},
    }
    return render(request, "admin/accounts/account.html", context)


@page("account/password/", name="account_password", title=_("Change password"), **_own)  # type: ignore[arg-type]
def password(request: HttpRequest) -> HttpResponse:
    user: Any = request.user

    def act(data: dict[str, Any]) -> HttpResponse:
        _confirmed(request, data["password"])
        people.set_password(user, data["new_password"], by=user, now=timezone.now())
        update_session_auth_hash(request, user)
        messages.success(request, gettext("The password is changed. Everywhere else you are logged out."))
        return HttpResponseRedirect(reverse("admin:account"))

    return _asked(request, OwnPasswordForm, act)


@page("account/factor/", name="account_factor", title=_("Set up the second factor"), **_own)  # type: ignore[arg-type]
def factor(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    waiting = factors.begin(user, now=timezone.now())

    def act(data: dict[str, Any]) -> HttpResponse:
        _confirmed(request, data["password"])
        codes = factors.confirm(user, data["code"], by=user)
        request.session[DEVICE_ID_SESSION_KEY] = factors.factor_of(user).persistent_id  # type: ignore[union-attr]
        request.session.cycle_key()  # it may do more now: whoever had the former key has not proved it
        sessions.end_all(user, now=timezone.now(), reason="second_factor", current=request.session.session_key)
        return _codes(request, codes)

    picture = segno.make(waiting.config_url, error="m").svg_data_uri(scale=5, border=2, light="white")
    key = waiting.config_url.partition("secret=")[2].partition("&")[0]
    shown = {"picture": picture, "key": " ".join(key[n : n + 4] for n in range(0, len(key), 4))}
    return _asked(request, NewFactorForm, act, template="admin/accounts/factor.html", **shown)


@page("account/codes/", name="account_codes", title=_("New recovery codes"), **_own)  # type: ignore[arg-type]
def codes(request: HttpRequest) -> HttpResponse:
    user: Any = request.user

    def act(data: dict[str, Any]) -> HttpResponse:
        _confirmed(request, data["password"])
        return _codes(request, factors.renew_codes(user, by=user))

    text = _("You get ten new codes; the old ones stop working.")
    return _asked(request, ConfirmForm, act, description=text)


@page("account/off/", name="account_off", title=_("Switch the second factor off"), **_own)  # type: ignore[arg-type]
def off(request: HttpRequest) -> HttpResponse:
    user: Any = request.user

    def act(data: dict[str, Any]) -> HttpResponse:
        _confirmed(request, data["password"])
        factors.remove(user, by=user)
        messages.success(request, gettext("The second factor is switched off."))
        return HttpResponseRedirect(reverse("admin:account"))

    text = _("Then the password alone opens your account, and the recovery codes stop working.")
    return _asked(request, ConfirmForm, act, danger=True, description=text)


def _confirmed(request: HttpRequest, given: str) -> None:
    signin.confirm_password(request.user, given, now=timezone.now(), address=client_ip(request))  # type: ignore[arg-type]


def _asked(
    request: HttpRequest,
    form_class: type[StepForm],
    act: Callable[[dict[str, Any]], HttpResponse],
    *,
    template: str = "admin/fleet/step.html",
    **shown: Any,
) -> HttpResponse:
    """Show the form; on POST answer with `act`, or say why not."""
    form = form_class(request.POST if request.method == "POST" else None, request=request, row=request.user)
    if form.is_valid():
        try:
            return act(form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
    return render(request, template, {"form": form, "media": form.media, "back": reverse("admin:account"), **shown})


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    kept = f"Fleet · {request.user.get_username()}\n\n" + "".join(f"{code}\n" for code in codes)
    context = {
        "title": gettext("Recovery codes"),
        "codes": codes,
        "file": "data:text/plain;charset=utf-8," + quote(kept),
        "back": reverse("admin:account"),
    }
    return render(request, "admin/accounts/codes.html", context)
