"""Whom to ask for what one may not do oneself: people by their names, those who were here last first."""

from typing import Final

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import having

_ADMIN: Final = "admin"  # runs the system: asked only where nobody at the counter may
_NAMED: Final = 3
_NOBODY: Final = gettext_lazy("Nobody here may do this: ask an administrator.")


def who_may(permission: str) -> list[str]:
    """Return the names of some who may do it, in the order in which they were here."""
    roles = [role for role in having([permission]) if role != _ADMIN]
    may = User.objects.active().in_role(*roles).filter(is_staff=True).with_seen().order_by("-seen", "username")
    return [str(one) for one in may[:_NAMED]]


def whom(permission: str) -> str:
    """Return whom to ask, as a sentence."""
    people = who_may(permission)
    return _("Ask %(people)s.") % {"people": get_text_list(people)} if people else str(_NOBODY)
