"""Links that open an account once: an invitation, a forgotten password.

Nothing of a link is stored, and no job carries it: it is signed, and made at the moment when the mail leaves. It holds
a mark of the account's password and e-mail, so it ends with its use, with any change of either, and with its time.
"""

import hmac
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from accounts import people
from accounts.errors import LinkRefused, NoInvitation
from accounts.models import User
from fleet import trail
from fleet.actor import acting_as, verb

LIVES: Final = {"invitation": timedelta(days=3), "password_reset": timedelta(hours=1)}
_AGAIN: Final = 300  # seconds in which asking twice sends one mail
_signer: Final = Signer(salt="accounts.links")


@verb
def invite(pk: UUID, *, by: User, now: datetime) -> User:
    """Send the link by which a colleague chooses a password, the first or another one. Raises NoInvitation."""
    user: User = User.objects.lock(pk)
    if not user.is_active or not user.is_staff or not user.email:
        raise NoInvitation
    fresh = user.last_login is None or not user.has_usable_password()
    _send("invitation" if fresh else "password_reset", user, now=now, every=60)
    trail.record("invited", user)
    return user


@verb
def forgotten(email: str, *, now: datetime) -> None:
    """Send a link to whoever has this address; the caller learns nothing, and must be told nothing."""
    user = User.objects.active().filter(email__iexact=email.strip(), is_staff=True).exclude(email="").first()
    if user is not None:
        _send("password_reset", user, now=now, every=_AGAIN)


def address(kind: str, pk: UUID | str, *, now: datetime) -> str:
    """Return a fresh link; for the worker that is about to send it, and for nothing that is stored."""
    user = User.objects.get(pk=pk)
    return str(settings.FLEET_URL) + reverse("admin:password_link", args=[make(kind, user, now=now)])


def make(kind: str, user: User, *, now: datetime) -> str:
    ends = int((now + LIVES[kind]).timestamp())
    return _signer.sign_object([str(user.pk), kind, ends, _mark(user, kind)])


def owner(token: str, *, now: datetime, lock: bool = False) -> User:
    """Return whose account the link opens. Raises LinkRefused."""
    try:
        pk, kind, ends, mark = _signer.unsign_object(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise LinkRefused from error
    accounts: Any = User.objects.select_for_update(no_key=True, of=("self",)) if lock else User.objects
    user: User | None = accounts.filter(pk=pk, is_active=True, is_staff=True).first()
    if user is None or now.timestamp() >= ends or not hmac.compare_digest(mark, _mark(user, kind)):
        raise LinkRefused
    return user


@verb
def use(token: str, password: str, *, now: datetime) -> User:
    """Set the password that the link's owner has chosen; all log-ins end, the link too. Raises LinkRefused, Invalid."""
    user = owner(token, now=now, lock=True)
    with acting_as(user):
        people.set_password(user, password, by=user, now=now)
        trail.record("password_by_link", user)
    return user


def _send(kind: str, user: User, *, now: datetime, every: int) -> None:
    queue = import_string(settings.FLEET_MAIL_QUEUE)
    key = f"{kind}:{user.pk}:{int(now.timestamp()) // every}"
    queue(kind, to=user.email, language=user.language, context={"user": str(user.pk), "name": str(user)}, key=key)


def _mark(user: User, kind: str) -> str:
    state = f"{kind}:{user.password}:{user.email}"
    return salted_hmac("accounts.links", state, algorithm="sha256").hexdigest()[:32]
