"""Who somebody is: the password first, then the code of the second factor; the same for the admin and the API."""

from datetime import datetime
from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.utils.translation import gettext
from django_otp.models import Device

from accounts import factors, lockout
from accounts.access import known_roles
from accounts.errors import CodeRefused, CodeRequired, FactorMissing, LoginRefused
from accounts.models import User
from fleet.errors import Invalid


def by_password(username: str, password: str, *, now: datetime, address: str | None, request: Any = None) -> User:
    """Return the active user whose password this is. Raises LoginRefused and LoginLocked."""

    def attempt() -> User | lockout.Wrong:
        user = authenticate(request, username=username, password=password)  # says user_login_failed itself
        return user if isinstance(user, User) else lockout.Wrong(LoginRefused())

    return lockout.guarded(username, address, attempt, now=now)


def by_code(user: User, code: str, *, now: datetime, address: str | None, request: Any = None) -> Device:
    """Return the device whose code this is. Raises CodeRefused and LoginLocked."""

    def attempt() -> Device | lockout.Wrong:
        device = factors.accepted(user, code)
        if device is None:
            user_login_failed.send(sender=__name__, credentials={"username": user.username}, request=request)
            return lockout.Wrong(CodeRefused())
        return device

    return lockout.guarded(user.username, address, attempt, now=now)


def by_code_if_any(user: User, code: str, *, now: datetime, address: str | None, request: Any = None) -> bool:
    """Say whether a second factor was proved. Raises CodeRequired, CodeRefused, LoginLocked and FactorMissing."""
    if factors.factor_of(user) is None:
        if factors.demanded_of(known_roles(user)):
            raise FactorMissing
        return False
    if not code:
        raise CodeRequired
    by_code(user, code, now=now, address=address, request=request)
    return True


def confirm_password(user: User, password: str, *, now: datetime, address: str | None) -> None:
    """Let a user who is logged in prove it again. Raises Invalid and LoginLocked."""

    def attempt() -> bool | lockout.Wrong:
        wrong = Invalid(code="password_wrong", old_password=gettext("This is not your password."))
        return user.check_password(password) or lockout.Wrong(wrong)

    lockout.guarded(user.username, address, attempt, now=now)


def logged_in(user: User, *, request: Any = None) -> None:
    """Tell everyone who listens, as Django's own log-in does for browsers, and open the account's lock."""
    lockout.clear(user.username)
    user_logged_in.send(sender=User, request=request, user=user)
