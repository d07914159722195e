"""What a clerk reads below the fields of contracts: only where the name of a field does not say it."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from fleet.admin.words import Words

_ELSEWHERE: Final = _("If it is not at the branch, e.g. a hotel.")
_ON_THE_MAP: Final = _("Copied from a map, e.g. 43.856430,18.413029.")

CONTRACT: Final[Words] = {
    "pickup_place": _ELSEWHERE,
    "return_place": _ELSEWHERE,
    "pickup_position": _ON_THE_MAP,
    "return_position": _ON_THE_MAP,
    "notes": _("For colleagues."),
}
BOOKING: Final[Words] = {
    "pickup_place": _ELSEWHERE,
    "return_place": _ELSEWHERE,
    "channel": _("How the booking reached us."),
    "external_ref": _("Under which number a partner knows this booking."),
    "notes": _("For colleagues."),
    "deposit_slip": _("What the terminal or the bank printed; not for cash."),
}
EXTRA: Final[Words] = {
    "code": _("A short name for lists and programs: small letters, digits and dashes, e.g. child-seat."),
    "charge": _("Once for the rental, or for each of its days."),
    "max_quantity": _("How many one customer can take."),
    "stock": _("How many we have. Empty means there is always enough."),
    "is_active": _("Not ticked: it can be booked no more; contracts that have it keep it."),
}
