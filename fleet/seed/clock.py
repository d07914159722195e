"""Time as the planting counts it: minutes on the wall clock of one zone, written as PostgreSQL reads them.

A million contracts have ten million instants; `datetime` would spend minutes on them.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOUR = 60
DAY = 24 * HOUR
_TIMES = [f"{minute // HOUR:02}:{minute % HOUR:02}" for minute in range(DAY)]
_FIRST = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock


class Clock:
    """Minutes since 1970 on the wall, and what they are in text, as dates and as instants.

    The hour that a clock strikes twice in autumn counts as its first: nothing planted lies in the future for that.
    """

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self.zone = zone
        self.now = self.minute(now)
        self.today = self.now // DAY
        self._days: dict[int, tuple[str, str | None, int]] = {}

    def minute(self, instant: datetime) -> int:
        return (instant.astimezone(self.zone).replace(tzinfo=None) - _FIRST) // timedelta(minutes=1)

    def instant(self, minute: int) -> datetime:
        wall = _FIRST + timedelta(minutes=minute)
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def day(self, number: int) -> date:
        return (_FIRST + timedelta(days=number)).date()

    def text(self, minute: int) -> str:
        """Return the instant, e.g. `2026-11-24 13:30+01:00`."""
        number, rest = divmod(minute, DAY)
        day, offset, _ = self._days.get(number) or self._learn(number)
        if offset is None:  # the clocks change on this day
            return self.instant(minute).isoformat()
        return f"{day} {_TIMES[rest]}{offset}"

    def milliseconds(self, minute: int) -> int:
        """Return the Unix time, within an hour on days on which the clocks change."""
        number = minute // DAY
        return (minute - (self._days.get(number) or self._learn(number))[2]) * 60_000

    def year(self, minute: int) -> int:
        number = minute // DAY
        return int((self._days.get(number) or self._learn(number))[0][:4])

    def _learn(self, number: int) -> tuple[str, str | None, int]:
        first, last = (
            (_FIRST + timedelta(days=day)).replace(tzinfo=self.zone).utcoffset() or timedelta()
            for day in (number, number + 1)
        )
        sign, minutes = ("-", -first) if first < timedelta() else ("+", first)
        offset = f"{sign}{_TIMES[minutes // timedelta(minutes=1)]}"
        known = (
            self.day(number).isoformat(),
            offset if first == last else None,
            first // timedelta(minutes=1),
        )
        self._days[number] = known
        return known
