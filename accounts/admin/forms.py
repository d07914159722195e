"""Forms of people and keys."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, AuthenticationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminPasswordWidget

from accounts import sessions, signin
from accounts.admin.explained import ROLE_CHOICES
from accounts.errors import LoginLocked, LoginRefused
from accounts.models import ApiKey, User
from fleet.actor import client_ip
from fleet.admin.forms import StepForm


class LoginForm(AuthenticationForm):  # type: ignore[misc]
    """Asks accounts/signin.py, so that failures here and at the API count together."""

    error_messages: ClassVar = {
        **AuthenticationForm.error_messages,
        "invalid_login": _(
            "The user name or the password is wrong; capitals count. After five wrong tries nobody gets in for a "
            "quarter of an hour: if you are not sure of the password, have a link sent to you."
        ),
    }

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


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    roles = forms.MultipleChoiceField(
        label=_("roles"),
        choices=ROLE_CHOICES,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        required=False,
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "phone", "language")
        help_texts: ClassVar = {"is_active": _("Opened and closed by the buttons above.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["roles"] = self.instance.role_names


class NewUserForm(UserForm):
    password = forms.CharField(
        label=_("password"),
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        strip=False,
        required=False,
        help_text=_("Better leave it empty, save, and send a link: then only the person knows it."),
    )


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[misc]
    """An administrator sets somebody's password; all log-ins of that user end."""

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        user: User = super().save(commit)
        sessions.end_all(user, now=timezone.now(), reason="password_changed")
        return user


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ApiKey
        fields = ("name", "user", "read_only", "scopes", "addresses", "expires_at")


class RollForm(StepForm):
    overlap_hours = forms.IntegerField(
        label=_("hours that the old key goes on working"), min_value=0, max_value=24 * 30, initial=24
    )


def _password(label: Any, *, new: bool = False, help_text: Any = "") -> forms.CharField:
    attrs = {"autocomplete": "new-password" if new else "current-password"}
    return forms.CharField(
        label=label, widget=UnfoldAdminPasswordWidget(attrs=attrs), strip=False, max_length=128, help_text=help_text
    )


def _code() -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "autofocus": "", "spellcheck": "false", "autocapitalize": "none"}
    return forms.CharField(label=_("one-time code"), max_length=20, widget=forms.TextInput(attrs=attrs))


class CodeForm(StepForm):
    """The second step of a log-in."""

    code = _code()


class ConfirmForm(StepForm):
    """Whoever found a browser open does not know the password."""

    password = _password(_("your password"))
    aliases: ClassVar = {"old_password": "password"}


class NewFactorForm(ConfirmForm):
    code = _code()


class ChosenPasswordForm(StepForm):
    """A new password, typed twice, with everything that is asked of it said before and after."""

    new_password = _password(_("new password"), new=True)
    again = _password(_("new password again"), new=True)

    def prepare(self) -> None:
        rules = format_html_join("", "<li>{}</li>", ((one,) for one in password_validators_help_texts() if one))
        tip = _("Four words that have nothing to do with each other are hard to guess and easy to keep.")
        self.fields["new_password"].help_text = format_html("{}<ul>{}</ul>", tip, rules)

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        if entered.get("again") and entered.get("new_password") and entered["again"] != entered["new_password"]:
            self.add_error("again", _("The two passwords differ."))
        return entered


class OwnPasswordForm(ChosenPasswordForm):
    password = _password(_("your password until now"))
    aliases: ClassVar = {"old_password": "password"}
    field_order = ("password", "new_password", "again")
