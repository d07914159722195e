"""What the day brings: numbers, who is late, which cars go out and come back. Reads only, a fixed number of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from cars.models import Car
from contracts.models import Contract
from contracts.querysets import ContractQuerySet
from contracts.reports import asking, utilisation
from contracts.status import Status
from fleet.db.period import Period

MOST_ROWS = 50  # of each list; the whole list is a click away
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Day:
    """A day on the installation's calendar, as instants."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, now: datetime, zone: ZoneInfo) -> "Day":
        start = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(start, start + _DAY)


@dataclass(frozen=True)
class Moves:
    """The contracts whose cars move today; a late one is in `overdue` only."""

    overdue: Sequence[Contract]
    out: Sequence[Contract]
    back: Sequence[Contract]


def counted(contracts: ContractQuerySet, day: Day, now: datetime) -> dict[str, int]:
    """Count by what the lists of contracts are filtered by; one statement."""
    today = {"gte": day.start, "lt": day.end}
    out, back = ({f"{name}__{end}": at for end, at in today.items()} for name in ("start_at", "end_at"))
    waiting = contracts.filter(status__in=(Status.ACTIVE, Status.CONFIRMED, Status.PENDING))
    return waiting.aggregate(
        active=Count("pk", Q(status=Status.ACTIVE)),
        pending=Count("pk", Q(status=Status.PENDING)),
        going_out=Count("pk", Q(status=Status.CONFIRMED, **out)),
        due_back=Count("pk", Q(status=Status.ACTIVE, **back)),
        overdue=Count("pk", Q(status=Status.ACTIVE, end_at__lt=now)),
    )


def free_cars(now: datetime) -> int:
    """Count the cars that could leave this minute."""
    return Car.objects.in_service().free(Period(now, now + _INSTANT)).count()


def moves(contracts: ContractQuerySet, day: Day, now: datetime) -> Moves:
    """Return the work of the day; two statements."""
    late = contracts.overdue(now).with_desk().order_by("end_at", "pk")[:MOST_ROWS]
    leaving = Q(status__in=(Status.CONFIRMED, Status.PENDING), start_at__gte=day.start, start_at__lt=day.end)
    # One statement for both: no more than MOST_ROWS of either are shown.
    coming = Q(status=Status.ACTIVE, end_at__gte=now, end_at__lt=day.end)
    moving = list(contracts.filter(leaving | coming).with_desk().order_by("start_at", "pk")[: 4 * MOST_ROWS])
    out = [contract for contract in moving if contract.status != Status.ACTIVE]
    back = sorted((one for one in moving if one.status == Status.ACTIVE), key=lambda one: (one.end_at, one.pk))
    return Moves(list(late), out[:MOST_ROWS], back[:MOST_ROWS])


def used(now: datetime, user: object) -> list[tuple[date, float]]:
    """Return the share of the fleet's time that was rented on each of the last 30 days, in per cent; one statement."""
    question = asking.question(utilisation.REPORT, {"by": "day"}, user=user, now=now)
    rows = utilisation.REPORT.answer(question).rows
    return [(date.fromisoformat(row["key"]), float(row["utilisation"] or 0)) for row in rows]
