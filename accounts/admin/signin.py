"""Log in to the admin: the password page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import login
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm

from accounts import lockout, signin
from accounts.errors import LoginLocked, LoginRefused
from accounts.models import User
from fleet.actor import client_ip


class LoginForm(AuthenticationForm):  # type: ignore[misc]
    """Asks accounts/signin.py, so that failures here and at the API count together."""

    def clean(self) -> dict[str, Any]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username is not None and password:
            self.user_cache = self._proved(username, password)
            self.confirm_login_allowed(self.user_cache)
        return dict(self.cleaned_data)

    def _proved(self, username: str, password: str) -> User:
        address = client_ip(self.request)
        try:
            return signin.by_password(username, password, now=timezone.now(), address=address, request=self.request)
        except LoginLocked as error:
            raise ValidationError(error.detail, code=error.code) from error
        except LoginRefused as error:
            raise self.get_invalid_login_error() from error


class LoginPage(LoginView):
    template_name = "admin/login.html"
    authentication_form = LoginForm

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        frame = {
            **admin.site.each_context(self.request),
            "title": _("Log in"),
            "app_path": self.request.get_full_path(),
        }
        return {**super().get_context_data(**context), **frame}

    def form_valid(self, form: "forms.Form") -> HttpResponse:
        user: User = form.get_user()  # type: ignore[attr-defined]
        login(self.request, user)
        lockout.clear(user.username)
        return HttpResponseRedirect(self.get_success_url())


def show(request: HttpRequest) -> HttpResponse:
    if request.method == "GET" and admin.site.has_permission(request):
        return HttpResponseRedirect(LoginPage(request=request).get_success_url())
    return LoginPage.as_view()(request)  # type: ignore[return-value]
