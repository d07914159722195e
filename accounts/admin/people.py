"""People in the admin: roles as checkboxes, everything through the verbs of accounts/people.py."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.decorators import display

from accounts import factors, links, lockout, people, presence
from accounts.admin import explained
from accounts.admin.forms import NewUserForm, PasswordForm, UserForm
from accounts.models import User
from accounts.roles import named
from fleet.admin.base import FleetAdmin
from fleet.admin.steps import step

admin.site.unregister(Group)  # roles are data: accounts/roles.py
for device in (TOTPDevice, StaticDevice):
    admin.site.unregister(device)  # their pages would show the secrets

_PERSON = (("first_name", "last_name"), ("email", "phone"), "language")


@admin.register(User)
class UserAdmin(FleetAdmin, DjangoUserAdmin):  # type: ignore[type-arg, misc]
    explains = explained.USER
    list_display = ("username", "first_name", "last_name", "email", "shown_roles", "is_active", "last_seen_at")
    more_columns = ("phone", "language", "last_login", "created_at")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    form = UserForm
    add_form = NewUserForm
    change_password_form = PasswordForm
    filter_horizontal = ()
    readonly_fields = ("is_active", "last_login", "last_seen_at")
    actions_detail = ("invite", "unlock", "reset_factor", "deactivate", "activate")
    add_fieldsets = ((None, {"fields": ("username", "password", *_PERSON, "roles")}),)
    fieldsets = (
        (None, {"fields": ("username", *_PERSON, "roles")}),
        (
            _("Account"),
            {"fields": ("is_active", "last_login", "last_seen_at", "created_at", "created_by", "updated_at")},
        ),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        presence.flush(now=timezone.now())
        return super().changelist_view(request, extra_context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        found: QuerySet[User] = super().get_queryset(request)
        return found.prefetch_related("groups")

    @display(description=_("roles"))  # type: ignore[untyped-decorator]
    def shown_roles(self, user: User) -> str:
        return named(user.role_names)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        entered = dict(form.cleaned_data)
        roles = entered.pop("roles")
        by: Any = request.user
        if change:
            people.change(obj.pk, roles=roles, by=by, **entered)
        else:
            people.add(id=obj.pk, roles=roles, by=by, password=entered.pop("password") or None, **entered)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        people.remove(obj.pk, by=request.user)  # type: ignore[arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            self.delete_model(request, user)

    @step(
        _("Send a link"),
        permission="accounts.change_user",
        when=lambda user: user.is_active and user.is_staff,
        icon="mail",
        description=_("An e-mail with a link by which the person chooses a password; nobody else ever learns it."),
    )
    def invite(self, request: HttpRequest, user: User, data: dict[str, Any]) -> Any:
        links.invite(user.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("The link is on its way to %(email)s.") % {"email": user.email}

    @step(
        _("Deactivate"),
        permission="accounts.change_user",
        when=lambda user: user.is_active,
        icon="block",
        danger=True,
        description=_("All log-ins end at once and the keys of this account stop working."),
    )
    def deactivate(self, request: HttpRequest, user: User, data: dict[str, Any]) -> Any:
        people.deactivate(user.pk, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        return _("The account is closed.")

    @step(_("Activate"), permission="accounts.change_user", when=lambda user: not user.is_active, icon="check_circle")
    def activate(self, request: HttpRequest, user: User, data: dict[str, Any]) -> Any:
        people.activate(user.pk, by=request.user)  # type: ignore[arg-type]
        return _("The account is open again.")

    @step(
        _("Forget the second factor"),
        permission="accounts.change_user",
        when=lambda user: factors.factor_of(user) is not None,
        icon="phonelink_erase",
        danger=True,
        description=_("For a colleague whose phone and recovery codes are gone. Make sure it is really them who asks."),
    )
    def reset_factor(self, request: HttpRequest, user: User, data: dict[str, Any]) -> Any:
        factors.reset(user.pk, by=request.user)  # type: ignore[arg-type]
        return _("The second factor is forgotten; a new one can be set up after the next log-in.")

    @step(
        _("Unlock"),
        permission="accounts.change_user",
        when=lambda user: lockout.is_locked(user.username, now=timezone.now()),
        icon="lock_open",
    )
    def unlock(self, request: HttpRequest, user: User, data: dict[str, Any]) -> Any:
        lockout.clear(user.username)
        return _("The account takes passwords again.")
