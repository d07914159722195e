"""What is read below the fields of people and keys, and what each role is for."""

from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.roles import NAMES, ROLES
from fleet.admin.words import Words

_MEANS: Final = {
    "admin": _("everything, and who may do what"),
    "manager": _("the whole business: prices, exceptions, reports"),
    "agent": _("the counter: books, gives cars out, takes them back"),
    "mechanic": _("the workshop: services, issues, damages"),
    "accountant": _("payments, deposits, day closes, reports"),
    "auditor": _("looks at everything, also at the trail; changes nothing"),
    "viewer": _("looks at cars, customers and contracts; changes nothing"),
    "integrator": _("a program of a partner; no entry to these pages"),
}
ROLE_CHOICES: Final = [(role, format_lazy("{} – {}", NAMES[role], _MEANS[role])) for role in ROLES]

USER: Final[Words] = {
    "username": _("What the person logs in with: letters, digits and @ . + - _, without spaces."),
    "email": _("Where the invitation and a link for a new password go."),
    "language": _("Of the pages, letters and reminders of this person."),
    "roles": _("What the person may do; of several, all of it."),
}
KEY: Final[Words] = {
    "name": _("By which you will know it again, e.g. the program and where it runs."),
    "user": _("The key may do what this account may do, and the trail names this account."),
    "read_only": _("The program can look things up and change nothing."),
    "expires_at": _("Empty means until somebody revokes it."),
}
