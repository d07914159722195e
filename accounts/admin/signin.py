"""Log in to the admin: the password, then the code of whoever has a second factor."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import login, logout
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice

from accounts import factors, lockout, signin
from accounts.access import known_roles
from accounts.admin.forms import CodeForm, LoginForm
from accounts.models import User
from fleet.actor import client_ip
from fleet.admin.pages import page, render
from fleet.api.permissions import ANYONE
from fleet.errors import DomainError

_HALF_WAY: Final = "fleet_half_way_in"  # in the session: who gave the right password, and until when the code counts
_PATIENCE: Final = 300  # seconds between password and code
_BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
# What somebody must reach who still has to set up a second factor.
_BEFORE_THE_GATE: Final = {"account_factor", "logout", "jsi18n", "login"}


class LoginPage(LoginView):
    template_name = "admin/login.html"
    authentication_form = LoginForm

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        frame = admin.site.each_context(self.request)
        return {
            **super().get_context_data(**context),
            **frame,
            "title": _("Log in"),
            "app_path": self.request.get_full_path(),
        }

    def form_valid(self, form: "forms.Form") -> HttpResponse:
        user: User = form.get_user()  # type: ignore[attr-defined]
        target = self.get_success_url()
        if factors.factor_of(user) is None:
            return _let_in(self.request, user, target)
        self.request.session.cycle_key()
        until = timezone.now().timestamp() + _PATIENCE
        mark = user.get_session_auth_hash()
        self.request.session[_HALF_WAY] = {"user": str(user.pk), "mark": mark, "until": until, "next": target}
        return HttpResponseRedirect(reverse("admin:login_code"))


def show(request: HttpRequest) -> HttpResponse:
    """Answer the log-in page."""
    if request.method == "GET" and admin.site.has_permission(request):
        view = LoginPage()
        view.setup(request)
        return HttpResponseRedirect(view.get_success_url())
    if request.method == "GET" and request.GET.get("next", reverse("admin:index")) != reverse("admin:index"):
        messages.info(
            request, gettext("Your log-in has ended or is still to come. Log in, and you are where you were.")
        )
    return LoginPage.as_view()(request)  # type: ignore[return-value]


@page("login/code/", name="login_code", title=_("Log in"), icon="login", permission=ANYONE, listed=False)
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of whoever has just given the right password."""
    half_way = request.session.get(_HALF_WAY, {})
    user = _half_way_in(half_way)
    if user is None:
        request.session.pop(_HALF_WAY, None)
        messages.warning(request, gettext("That took too long. Enter your password again."))
        return HttpResponseRedirect(reverse("admin:login"))
    form = CodeForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        try:
            device = signin.by_code(
                user, form.cleaned_data["code"], now=timezone.now(), address=client_ip(request), request=request
            )
        except DomainError as error:
            form.refuse(error)
        else:
            del request.session[_HALF_WAY]
            _tell_of_recovery(request, user, device)
            return _let_in(request, user, half_way["next"], device)
    context = {
        "form": form,
        "heading": _("Second step"),
        "text": _("Enter the six digits that your authenticator app shows now, or one of your recovery codes."),
        "button": _("Log in"),
        "note": _(
            "Neither the phone nor a recovery code at hand? Ask an administrator, who can let you set up another phone."
        ),
    }
    return render(request, "admin/accounts/open.html", context)


def gate(request: HttpRequest) -> HttpResponse | None:
    """Return where somebody must go first whose role demands a second factor that this log-in has not proved."""
    if not settings.FLEET_SECOND_FACTOR_ROLES or DEVICE_ID_SESSION_KEY in request.session:
        return None
    where = request.resolver_match
    if (where and where.url_name in _BEFORE_THE_GATE) or not factors.demanded_of(known_roles(request.user)):
        return None
    if factors.factor_of(request.user):  # type: ignore[arg-type]
        logout(request)
        return HttpResponseRedirect(reverse("admin:login"))
    messages.warning(request, gettext("Your role demands a second factor. Set it up to go on."))
    return HttpResponseRedirect(reverse("admin:account_factor"))


def _half_way_in(half_way: dict[str, Any]) -> User | None:
    if half_way.get("until", 0) < timezone.now().timestamp():
        return None
    user: User | None = User.objects.active().filter(pk=half_way["user"]).first()
    return user if user is not None and user.get_session_auth_hash() == half_way["mark"] else None


def _let_in(request: HttpRequest, user: User, target: str, device: Device | None = None) -> HttpResponse:
    login(request, user, backend=_BACKEND)
    lockout.clear(user.username)
    if device is not None:
        request.session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    return HttpResponseRedirect(target)


def _tell_of_recovery(request: HttpRequest, user: User, device: Device) -> None:
    """Whoever comes in by a recovery code has lost the phone, and one code less."""
    if not isinstance(device, StaticDevice):
        return
    left = factors.codes_left(user)
    text = ngettext(
        "That code is used up; %(left)s recovery code is left. "
        "If the phone is gone, set up another one under “My account”.",
        "That code is used up; %(left)s recovery codes are left. "
        "If the phone is gone, set up another one under “My account”.",
        left,
    )
    messages.warning(request, text % {"left": left})
