"""Forms of people and keys."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminPasswordWidget

from accounts import tokens
from accounts.models import ApiKey, User
from accounts.roles import ROLES


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    roles = forms.MultipleChoiceField(
        label=_("roles"),
        choices=[(role, role) for role in ROLES],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        required=False,
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "phone", "language")

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
        help_text=_("Without one nobody can log in as this user."),
    )


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[misc]
    """An administrator sets somebody's password; all log-ins by token of that user end."""

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        user: User = super().save(commit)
        tokens.revoke_all(user, now=timezone.now(), reason="password_changed")
        return user


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ApiKey
        fields = ("name", "user", "read_only", "expires_at")
