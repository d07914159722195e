"""Who got in, who did not, and who left: what Django signals, on record; tokens and keys tell it themselves."""

from typing import Any, Final

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from accounts.models import User
from customers.privacy import HIDDEN
from fleet import trail
from fleet.actor import acting_as

_SHOWN: Final = 2  # characters of a name that nobody has: people type passwords into that field


def connect() -> None:
    user_logged_in.connect(entered, dispatch_uid="audit.entered")
    user_login_failed.connect(failed, dispatch_uid="audit.failed")
    user_logged_out.connect(left, dispatch_uid="audit.left")


def entered(sender: Any, user: User, **rest: Any) -> None:
    with acting_as(user):
        trail.record("login", user)


def failed(sender: Any, credentials: dict[str, Any], **rest: Any) -> None:
    """Write it about the account, where there is one; else with the beginning of the name."""
    name = str(credentials.get("username") or "").replace("\x00", "")
    step = "code" if sender == "accounts.signin" else "password"
    user = User.objects.filter(username=name[:150]).first()
    if user is not None:
        trail.record("login_failed", user, step=step)
    else:
        trail.record("login_failed", step=step, name=f"{name[:_SHOWN]}{HIDDEN}" if name else "")


def left(sender: Any, user: User | None, **rest: Any) -> None:
    if user is not None and user.pk:
        with acting_as(user):
            trail.record("logout", user)
