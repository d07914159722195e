"""Hours in which cars are free and may go out, as many as a minute of bookings takes."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from contracts.search import Wanted, search
from fleet.db.period import Period

_WEEKS: Final = range(2, 28)  # from now: nobody else is likely to want them, and many papers last
_WEEK: Final = timedelta(weeks=1)
_APART: Final = timedelta(hours=4)  # one hour of rental, and time for the turnaround
_LONGEST_TURNAROUND: Final = 180  # minutes

type Hour = tuple[UUID, datetime]


@lru_cache(maxsize=1)
def free(now: datetime) -> Iterator[Hour]:
    """Return cars with instants from which they are free for an hour; one supply for the whole run.

    Raises LookupError when it is used up. A car is taken once in each of its weeks before it is taken a second time.
    """
    first = now.replace(minute=0, second=0, microsecond=0)
    weeks = [first + number * _WEEK for number in _WEEKS]
    pairs = [
        (offer.car.pk, week)
        for week in weeks
        for offer in search(Wanted(Period(week, week + _WEEK)), now=now).free
        if offer.car.category.turnaround_minutes <= _LONGEST_TURNAROUND
    ]
    return _in_turns(pairs)


def _in_turns(pairs: Sequence[Hour]) -> Iterator[Hour]:
    for number in range(_WEEK // _APART):
        yield from ((car, week + number * _APART) for car, week in pairs)
    raise LookupError("Every hour that was free is booked: measure for a shorter time, or seed anew.")


def body(car: UUID, start: datetime) -> dict[str, Any]:
    """Return a booking of the hour."""
    return {"car": str(car), "start_at": start.isoformat(), "end_at": (start + timedelta(hours=1)).isoformat()}
