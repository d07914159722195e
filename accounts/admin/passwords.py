"""Pages for whoever is not logged in: a forgotten password, and the one that a link lets choose."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_ratelimit.exceptions import Ratelimited

from accounts import links
from accounts.admin.forms import ChosenPasswordForm
from accounts.errors import LinkRefused
from fleet.admin.forms import StepForm
from fleet.admin.pages import page, render
from fleet.api import throttling
from fleet.api.permissions import ANYONE
from fleet.errors import DomainError

_LINK: Final = "fleet_link"  # in the session: out of the address, so that it is in no history and no referrer


class ForgottenForm(StepForm):
    email = forms.EmailField(label=_("e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


@page(
    "password/forgotten/",
    name="admin_password_reset",
    title=_("Forgotten password"),
    icon="key",
    permission=ANYONE,
    listed=False,
)
def forgotten(request: HttpRequest) -> HttpResponse:
    """Send a link; the answer is the same whether there is such an account or not."""
    form = ForgottenForm(request.POST if request.method == "POST" else None, request=request)
    frame = {"heading": _("Forgotten password"), "button": _("Send the link")}
    text = _("Enter your e-mail address. We send you a link by which you choose a new password.")
    if form.is_valid():
        try:
            throttling.count_for(request, "reset")
        except Ratelimited:
            form.add_error(None, _("Too many requests. Wait a quarter of an hour and try again."))
        else:
            links.forgotten(form.cleaned_data["email"], now=timezone.now())
            text = _(
                "If an account has this address, a link is on its way. It works for an hour. "
                "Nothing in the inbox? Look among the unwanted mail, or ask an administrator."
            )
            return render(request, "admin/accounts/open.html", {**frame, "text": text})
    return render(request, "admin/accounts/open.html", {**frame, "text": text, "form": form})


@page(
    "password/link/<str:token>/",
    name="password_link",
    title=_("New password"),
    icon="key",
    permission=ANYONE,
    listed=False,
)
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Look at the link, use nothing up (mail programs open links too), and go on without it in the address."""
    try:
        links.owner(token, now=timezone.now())
    except LinkRefused as error:
        return _refused(request, error)
    request.session[_LINK] = token
    return HttpResponseRedirect(reverse("admin:password_new"))


@page("password/new/", name="password_new", title=_("New password"), icon="key", permission=ANYONE, listed=False)
def new(request: HttpRequest) -> HttpResponse:
    """Let the owner of the link choose a password."""
    token = request.session.get(_LINK, "")
    try:
        user = links.owner(token, now=timezone.now())
    except LinkRefused as error:
        return _refused(request, error)
    form = ChosenPasswordForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        try:
            links.use(token, form.cleaned_data["new_password"], now=timezone.now())
        except DomainError as error:
            form.refuse(error)
        else:
            request.session.flush()
            messages.success(request, gettext("The password is set. Log in with it."))
            return HttpResponseRedirect(reverse("admin:login"))
    text = _("Choose a password for %(name)s.") % {"name": user.username}
    frame = {"heading": _("New password"), "button": _("Set the password"), "text": text}
    return render(request, "admin/accounts/open.html", {**frame, "form": form})


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    request.session.pop(_LINK, None)
    context = {"heading": _("New password"), "text": error.detail, "again": True}
    return render(request, "admin/accounts/open.html", context, status=410)
