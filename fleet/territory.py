"""Which country a time zone belongs to: what is written without a country is of the one whose clock it follows."""

from functools import cache
from importlib import resources

from django.conf import settings


@cache
def of_zone(name: str) -> str:
    """Return the country (ISO 3166-1 alpha-2) of an IANA time zone, by zone.tab; nothing for UTC and the like."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return next((country for country, _place, zone, *_ in rows if zone == name), "")


def home() -> str:
    """Return the company's own country."""
    return of_zone(settings.TIME_ZONE)
