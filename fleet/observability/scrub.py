"""Words that must not leave the house in a log or an error report: tokens, keys, addresses and numbers of people."""

import re
from collections.abc import Mapping
from typing import Any, Final

HIDDEN: Final = "[hidden]"
_SECRET_NAMES: Final = re.compile(
    r"pass(?!port_expires|ed\b)|secret|token|authorization|cookie|session|csrf|api[-_]?key|x-api-key|\botp\b|signature|dsn"
    r"|e-?mail\b|phone|address|birth|licen[cs]e_number|passport|personal_id|vat_number|recipient|username|father_name",
    re.IGNORECASE,
)
_PATTERNS: Final = (
    re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"),  # JSON web tokens
    re.compile(r"fd_(?:live|test)_\w+"),  # our keys
    re.compile(r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}"),
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),  # user:password@ of a URL
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),  # e-mail addresses
    re.compile(r"(?<!\w)\+\d[\d /-]{6,}\d"),  # phone numbers
    re.compile(r"(?<![\w-])(?=[A-Z]*\d{3})[A-Z0-9]{7,20}(?![\w-])"),  # numbers of documents and persons
    re.compile(r"(?<![\w.:-])[A-Za-z0-9_=-]{16,}(?::[A-Za-z0-9_=-]{6,}){1,2}"),  # what Django has signed
)
# What PostgreSQL adds to its first line quotes whole rows.
_ROWS: Final = re.compile(r"^(?:DETAIL|CONTEXT|HINT|LINE \d+):.*$|\b(?:DETAIL|Key|Failing row)\b[^\n]*", re.MULTILINE)
_UUID: Final = re.compile(r"[0-9a-fA-F-]{36}")
_LONGEST_SEGMENT: Final = 32


def text(value: str) -> str:
    """Return the text without what looks like a secret or like a person's number or address."""
    for pattern in _PATTERNS:
        value = pattern.sub(HIDDEN, value)
    return value


def message(error: BaseException) -> str:
    """Return what an exception says, without the rows that a database quotes."""
    return text(_ROWS.sub("", str(error)).strip())


def named(name: str, value: Any) -> Any:
    """Return a value that bears this name, or a word instead of it."""
    if _SECRET_NAMES.search(name):
        return HIDDEN
    return tree(value)


def tree(value: Any) -> Any:
    """Return data without what must not leave, at any depth."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {str(name): named(str(name), inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [tree(inner) for inner in value]
    return value


def path(value: str) -> str:
    """Return the path of an address, without links that open something and codes that are asked for."""
    parts = value.partition("?")[0].split("/")
    return "/".join(_segment(before, part) for before, part in zip(["", *parts], parts, strict=False))


def _segment(before: str, part: str) -> str:
    known = len(part) <= _LONGEST_SEGMENT or _UUID.fullmatch(part)
    return part if known and (not part or before not in ("verify", "password")) else HIDDEN
