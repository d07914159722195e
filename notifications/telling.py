"""What colleagues are told of what happened: events of the feed become notices for those who act on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.utils.text import format_lazy

from accounts.models import User
from notifications import notices
from notifications.catalogue import KINDS
from notifications.models import Event

_DESK: Final = ("agent", "manager")
_WORKSHOP: Final = ("mechanic", "manager")
_NEWS: Final = timedelta(days=1)  # what is older has been found out otherwise


@dataclass(frozen=True)
class _Told:
    kind: str
    roles: tuple[str, ...]
    urgent: bool = False
    from_outside: bool = False  # what the desk does itself it needs not be told


TOLD: Final = {
    "contract.booked": _Told("contract_booked", _DESK, from_outside=True),
    "contract.confirmed": _Told("contract_confirmed", _DESK, from_outside=True),
    "contract.cancelled": _Told("contract_cancelled", _DESK, from_outside=True),
    "contract.expired": _Told("contract_expired", _DESK),
    "contract.overdue": _Told("contract_overdue", _DESK, urgent=True),
    "issue.reported": _Told("issue_reported", _WORKSHOP),
    "car.grounded": _Told("car_grounded", (*_DESK, "mechanic"), urgent=True),
    "damage.found": _Told("damage_found", _WORKSHOP),
}
_OUTSIDE: Final = ("api", "web")


def tell(events: Iterable[Event], *, now: datetime) -> None:
    """Write the notices that these events call for, in the transaction that hands the events on.

    Whoever did it himself (`by` of the payload) is not told.
    """
    readers = cache(_readers)  # asked once for everything that is handed on together
    for event in events:
        told = TOLD.get(event.type)
        if told is None or event.created_at < now - _NEWS:
            continue
        if told.from_outside and event.payload.get("channel") not in _OUTSIDE:
            continue
        what = event.payload.get("reference") or event.payload.get("plate", "")
        notices.write(
            [user for user in readers(told.roles) if str(user.pk) != event.payload.get("by")],
            told.kind,
            title=format_lazy("{what}: {about}", what=KINDS[told.kind], about=what),
            text="",
            about=(event.subject, event.subject_id),
            key=f"event:{event.pk}",
            urgent=told.urgent,
        )


def _readers(roles: tuple[str, ...]) -> list[User]:
    return list(User.objects.active().in_role(*roles).order_by("pk"))
