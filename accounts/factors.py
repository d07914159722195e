"""The second factor: the codes of an authenticator app, and recovery codes for the day the phone is gone.

django-otp keeps the devices and refuses a code that was used (RFC 6238 §5.2). Of a recovery code only a keyed digest
is stored; it works once. Wrong codes count in accounts/lockout.py.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import django_otp
from django.conf import settings
from django.utils.crypto import salted_hmac
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.errors import FactorRequired, NewCodeRefused
from accounts.models import User
from fleet import trail
from fleet.actor import verb

CODES: Final = 10
FRESH: Final = timedelta(minutes=15)


def factor_of(user: User) -> TOTPDevice | None:
    """Return the app that the user has set up, or None."""
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).first()


def demanded_of(roles: Collection[str]) -> bool:
    """Say whether one of the roles must have a second factor."""
    return not set(settings.FLEET_SECOND_FACTOR_ROLES).isdisjoint(roles)


def codes_left(user: User) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


def accepted(user: User, code: str) -> Device | None:
    """Return the device whose code this is, and use the code up: six digits are the app's, all else is recovery."""
    plain = code.replace(" ", "").replace("-", "").lower()
    if plain.isascii() and plain.isdecimal():
        device: Any = factor_of(user)
        return django_otp.verify_token(user, device.persistent_id, plain) if device else None
    device = StaticDevice.objects.devices_for_user(user).first()
    used = django_otp.verify_token(user, device.persistent_id, _digest(user, plain)) if device else None
    if used is not None:
        trail.record("recovery_code_used", user, left=codes_left(user))
    return used


def begin(user: User, *, now: datetime) -> TOTPDevice:
    """Return a device with a fresh secret that waits for its first code; the one in use stays in use until then.

    Who has seen a secret on a screen that was left open shall not hold the factor that its owner sets up next week.
    """
    waiting = TOTPDevice.objects.devices_for_user(user, confirmed=False).first()
    if waiting is not None and waiting.created_at is not None and now - waiting.created_at < FRESH:
        return waiting
    TOTPDevice.objects.devices_for_user(user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name="app", confirmed=False)


@verb
def confirm(user: User, code: str, *, by: User) -> list[str]:
    """Take the new app into use once it shows the right code; returns the recovery codes. Raises NewCodeRefused."""
    waiting = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if waiting is None or not waiting.verify_token(code.replace(" ", "")):
        raise NewCodeRefused
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    waiting.confirmed = True
    waiting.save()
    trail.record("second_factor_set_up", user)
    return renew_codes(user, by=by)


@verb
def renew_codes(user: User, *, by: User) -> list[str]:
    """Replace the recovery codes; the new ones exist in clear only in what this returns."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [StaticToken.random_token() for _ in range(CODES)]
    for code in codes:
        device.token_set.create(token=_digest(user, code))
    trail.record("recovery_codes_made", user, codes=CODES)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


@verb
def remove(user: User, *, by: User) -> None:
    """Switch one's own second factor off. Raises FactorRequired."""
    if demanded_of(user.role_names):
        raise FactorRequired
    _forget(user)
    trail.record("second_factor_removed", user)


@verb
def reset(pk: UUID, *, by: User) -> User:
    """Forget the factor of a colleague who has lost it; whoever must have one sets up a new one at the next log-in."""
    user: User = User.objects.lock(pk)
    _forget(user)
    trail.record("second_factor_reset", user)
    return user


def _forget(user: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _digest(user: User, code: str) -> str:
    return salted_hmac("accounts.recovery", f"{user.pk}:{code}", algorithm="sha256").hexdigest()[:16]
