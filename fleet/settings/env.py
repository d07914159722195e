"""Typed readers of environment variables: a wrong or missing one stops the boot and names itself."""

import os
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def read[T](name: str, parse: Callable[[str], T], default: T | None, expected: str) -> T:
    """Return the parsed variable or the default; without a default the variable is required."""
    raw = os.environ.get(name)
    if raw is None or raw == "":
        if default is None:
            raise ImproperlyConfigured(f"{name} is missing: set it to {expected}.")
        return default
    try:
        return parse(raw)
    except (ValueError, KeyError, InvalidOperation, OSError) as error:
        raise ImproperlyConfigured(f"{name} is wrong: expected {expected}, got {_shown(name, raw)}.") from error


def text(name: str, default: str | None = None, *, expected: str = "a text") -> str:
    return read(name, str, default, expected)


def optional(name: str) -> str:
    return os.environ.get(name, "")


def flag(name: str, *, default: bool) -> bool:
    def parse(raw: str) -> bool:
        lowered = raw.strip().lower()
        if lowered not in _TRUE | _FALSE:
            raise ValueError(raw)
        return lowered in _TRUE

    return read(name, parse, default, "true or false")


def whole(name: str, default: int | None = None, *, least: int = 0, most: int = 2**31) -> int:
    def parse(raw: str) -> int:
        number = int(raw)
        if not least <= number <= most:
            raise ValueError(raw)
        return number

    return read(name, parse, default, f"a whole number from {least} to {most}")


def decimal(name: str, default: str) -> Decimal:
    def parse(raw: str) -> Decimal:
        number = Decimal(raw)
        if not number.is_finite() or number < 0:
            raise ValueError(raw)
        return number

    return read(name, parse, Decimal(default), "a decimal number of 0 or more, e.g. 1.60")


def items(name: str, default: list[str] | None = None) -> list[str]:
    def parse(raw: str) -> list[str]:
        return [part.strip() for part in raw.split(",") if part.strip()]

    return read(name, parse, default, "a list separated by commas")


def some_of(name: str, options: tuple[str, ...]) -> list[str]:
    def parse(raw: str) -> list[str]:
        found = [part.strip() for part in raw.split(",") if part.strip()]
        if not set(found) <= set(options):
            raise ValueError(raw)
        return found

    return read(name, parse, [], f"some of {', '.join(options)}, separated by commas")


def pairs(name: str, *, value: str, expected: str) -> dict[str, str]:
    """Read `a=1,b=2`; `value` is a pattern for what stands right of the equals sign."""

    def parse(raw: str) -> dict[str, str]:
        found = dict(part.strip().partition("=")[::2] for part in raw.split(",") if part.strip())
        if not all(key and re.fullmatch(value, text) for key, text in found.items()):
            raise ValueError(raw)
        return found

    return read(name, parse, {}, expected)


def url(name: str, default: str | None = None, *, schemes: tuple[str, ...]) -> str:
    return read(name, lambda raw: _url(raw, schemes), default, f"a URL with one of the schemes {', '.join(schemes)}")


def urls(name: str, *, schemes: tuple[str, ...]) -> list[str]:
    def parse(raw: str) -> list[str]:
        return [_url(part.strip(), schemes) for part in raw.split(",") if part.strip()]

    return read(name, parse, [], f"URLs separated by commas, each with one of the schemes {', '.join(schemes)}")


def _url(raw: str, schemes: tuple[str, ...]) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(raw)
    _ = parts.port  # raises ValueError when it is not a number
    return raw


def origins(name: str) -> list[str]:
    """Read origins: scheme, host and port only, as browsers send them."""

    def parse(raw: str) -> list[str]:
        found = [part.strip() for part in raw.split(",") if part.strip()]
        for origin in found:
            parts = urlsplit(_url(origin, ("https", "http")))
            if f"{parts.scheme}://{parts.netloc}" != origin or parts.username is not None:
                raise ValueError(raw)
        return found

    return read(name, parse, [], "origins separated by commas, e.g. https://booking.example.com")


def time_zone(name: str, default: str) -> str:
    return read(name, lambda raw: ZoneInfo(raw).key, default, "a time zone of the IANA database, e.g. Europe/Sarajevo")


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    def parse(raw: str) -> str:
        if raw not in options:
            raise ValueError(raw)
        return raw

    return read(name, parse, default, "one of " + ", ".join(options))


def _shown(name: str, raw: str) -> str:
    """Quote the value unless it may carry a password."""
    secret = any(word in name for word in ("SECRET", "PASSWORD", "URL", "KEY", "DSN", "TOKEN"))
    return "a value that is not shown because it may be secret" if secret else repr(raw[:80])
