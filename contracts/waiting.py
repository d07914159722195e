"""Until when a booking waits to be confirmed."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext

from contracts.booking import Booking
from fleet.errors import Invalid

LONGEST: Final = timedelta(days=7)
LEAST: Final = timedelta(minutes=30)


def usual(start: datetime, now: datetime) -> datetime:
    """Return until when it is held for whoever does not say another time."""
    return max(min(now + LONGEST, start), now + LEAST)


def asked(wanted: Booking, now: datetime) -> datetime:
    """Return until when it is held. Raises Invalid for longer than usual and for less than half an hour."""
    longest = usual(wanted.start_at, now)
    if wanted.hold_until is None:
        return longest
    if not now + LEAST <= wanted.hold_until <= longest:
        said = gettext("A booking is held for 30 minutes at least, for 7 days or until the pick-up at most.")
        raise Invalid(hold_until=said, code="hold_out_of_bounds")
    return wanted.hold_until
