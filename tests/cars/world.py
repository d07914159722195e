"""The moment in which the tests of cars live, and spans around it."""

from datetime import UTC, datetime, timedelta

from fleet.db.period import Period

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def days(first: float, last: float) -> Period:
    """Return the period from so many days after NOW to so many days after NOW."""
    return Period(NOW + first * DAY, NOW + last * DAY)
