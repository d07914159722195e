"""The days a car is taken, for programs and as iCalendar (RFC 5545) for calendars that people subscribe to."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext

from cars.models import Car, Occupancy
from fleet.db.period import Period
from fleet.errors import Invalid

WIDEST = timedelta(days=366)
_OCTETS = 75  # longest line, RFC 5545 §3.1


def taken(car: Car, period: Period) -> list[Occupancy]:
    """Return the car's open rows that reach into the period, oldest first. Raises Invalid for more than a year."""
    if period.end - period.start > WIDEST:
        raise Invalid(gettext("A calendar shows at most 366 days."), code="too_long")
    return list(Occupancy.objects.filter(car=car).overlapping(period).order_by("period"))


def as_ics(car: Car, rows: Iterable[Occupancy], *, now: datetime) -> str:
    """Return a calendar with one event per row."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Fleet//Fleet//EN", f"X-WR-CALNAME:{_text(str(car))}"]
    for row in rows:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{row.pk}@fleet",
            f"DTSTAMP:{_instant(now)}",
            f"DTSTART:{_instant(row.period.lower)}",
            f"DTEND:{_instant(row.period.upper)}",
            f"SUMMARY:{_text(f'{car.license_plate} {row.get_kind_display()}')}",
            *([f"DESCRIPTION:{_text(row.note)}"] if row.note else []),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    r"""Escape `\`, `;`, `,` and line breaks (RFC 5545 §3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(escaped.splitlines())


def _folded(line: str) -> Iterator[str]:
    """Yield the line in parts of at most 75 octets; each but the first begins with a space."""
    part, size = "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > _OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + sign, size + octets
    yield part
