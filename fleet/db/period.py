"""Half-open spans of time, in UTC."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext

from fleet.errors import Invalid

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200  # outside nobody means what he says, and sums with days end at the year 9999


@dataclass(frozen=True, order=True)
class Period:
    """`[start, end)`; both carry a time zone. Raises Invalid when the end is not after the start."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a period needs instants, not wall-clock times")
        if self.end <= self.start:
            raise Invalid(
                gettext("The end must be after the start."),
                code="ends_before_it_starts",
                end_at=gettext("Not after the start."),
            )
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    def plus(self, minutes: int) -> "Period":
        """Return the period prolonged by some minutes, e.g. by the turnaround."""
        return Period(self.start, self.end + timedelta(minutes=minutes))

    def days(self, zone: ZoneInfo) -> tuple[date, date]:
        """Return the first and the last local day that the period touches."""
        return _days(self.start, self.end, zone)

    def as_range(self) -> DateTimeTZRange:
        return DateTimeTZRange(self.start, self.end, "[)")

    @classmethod
    def of(cls, value: DateTimeTZRange) -> "Period":
        """Return the period of a bounded database range."""
        if value.lower is None or value.upper is None:
            raise ValueError(f"an unbounded range is no period: {value}")
        return cls(value.lower, value.upper)


@lru_cache(maxsize=1024)  # a search asks the same of every car
def _days(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[date, date]:
    last = end - timedelta(microseconds=1)
    return start.astimezone(zone).date(), last.astimezone(zone).date()


def local_day(day: date) -> tuple[datetime, datetime]:
    """Return the first instant of the day and of the next one, as the company's clock counts days."""
    zone = timezone.get_default_timezone()
    midnights = (datetime.combine(one, time.min, zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    return next(midnights), next(midnights)


def months_later(day: date, months: int) -> date:
    """Return the same day some months on, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
