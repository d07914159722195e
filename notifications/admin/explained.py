"""What is read below the fields of reminders and webhooks: only where the name of a field does not say it."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from fleet.admin.words import Words

RULE: Final[Words] = {
    "subject": _("What comes due."),
    "role": _("Everybody with this role is reminded."),
    "is_active": _("Not ticked: nobody is reminded."),
}
WEBHOOK: Final[Words] = {
    "user": _("The account of the program; it is told only what this account may see."),
    "url": _("Where the program listens; it begins with https://."),
    "description": _("For colleagues: whose program it is and what for."),
    "is_active": _("Not ticked: nothing is sent; what happens meanwhile can be sent later."),
}
