"""What accesses, and the details they are told with, are called; they are written as codes."""

from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_WORDS: Final[dict[str, Any]] = {
    # kinds of access
    "command": _("command"),
    "download": _("download"),
    "export": _("export"),
    "invited": _("invited"),
    "key_refused": _("key refused"),
    "login": _("login"),
    "login_failed": _("login failed"),
    "login_locked": _("login locked"),
    "logout": _("logout"),
    "override": _("override"),
    "password_by_link": _("password by link"),
    "password_changed": _("password changed"),
    "recovery_code_used": _("recovery code used"),
    "recovery_codes_made": _("recovery codes made"),
    "second_factor_removed": _("second factor removed"),
    "second_factor_reset": _("second factor reset"),
    "second_factor_set_up": _("second factor set up"),
    "session_ended": _("session ended"),
    "sessions_ended": _("sessions ended"),
    "view": _("view"),
    # details
    "branch": _("branch"),
    "code": _("code"),
    "codes": _("codes"),
    "customer": _("customer"),
    "file": _("file"),
    "files": _("files"),
    "filters": _("filters"),
    "format": _("format"),
    "left": _("left"),
    "media_type": _("media type"),
    "minutes": _("minutes"),
    "missing": _("missing"),
    "name": _("name"),
    "of": _("of"),
    "prefix": _("prefix"),
    "reason": _("reason"),
    "rows": _("rows"),
    "seconds": _("seconds"),
    "sessions": _("sessions"),
    "step": _("step"),
    "subject": _("subject"),
    "warnings": _("warnings"),
    "why": _("why"),
}


def of(code: str) -> str:
    """Return the word for a code; one that is not known speaks for itself."""
    word = code.replace("_", " ")
    return str(_WORDS.get(code) or (gettext(word) if word else word))
