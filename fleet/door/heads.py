"""The heads of answers, checked and written by gunicorn's own rules, each field only once.

gunicorn looks at every byte of every field of every answer: a third of what a kept answer costs, for a dozen fields
that are the same in all of them. What was good is remembered by its exact bytes, and most of the head of an answer that
is kept is written when that is put away.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Any, Final, NamedTuple

from gunicorn.asgi import protocol
from gunicorn.asgi.protocol import ASGIProtocol

from fleet.bounded import Bounded

_CHANGING: Final = frozenset({b"x-request-id", b"ratelimit", b"date", b"etag", b"content-length"})  # not worth a memory


class _Field(NamedTuple):
    pair: tuple[Any, Any]  # the one object for all answers that are kept
    name: bytes  # in lower case
    line: bytes


class Part(NamedTuple):
    """Some fields of a head: checked, and as they are sent."""

    pairs: tuple[tuple[Any, Any], ...]
    names: frozenset[bytes]
    lines: bytes
    length: Any
    chunked: bool


class Head(list[tuple[Any, Any]]):
    """All fields of an answer, for whoever looks at them, and the parts that they have been written as."""

    def __init__(self, *parts: Part) -> None:
        super().__init__(chain.from_iterable(part.pairs for part in parts))
        self.parts = parts


_good: Final[Bounded[tuple[Any, Any], _Field]] = Bounded(4096)
_scan, _start = protocol._scan_response_headers, ASGIProtocol._send_response_start


def field(pair: tuple[Any, Any]) -> _Field:
    """Return the field as it is sent. Raises what gunicorn raises for one that would break the head."""
    known = _good.get(pair)
    if known is not None:
        return known
    _scan((pair,))
    name, value = (part.encode("latin-1") if isinstance(part, str) else bytes(part) for part in pair)
    known = _Field(pair, name.lower(), b"%b: %b\r\n" % (name, value))
    if known.name not in _CHANGING:
        _good[pair] = known
    return known


def part(headers: Iterable[tuple[Any, Any]]) -> Part:
    """Check and write these fields. Raises what gunicorn raises."""
    fields = [field(pair) for pair in map(tuple, headers)]
    names = frozenset(one.name for one in fields)
    length = None
    if b"content-length" in names:
        length = [one.pair[1] for one in fields if one.name == b"content-length"][-1]
    lines = b"".join(one.line for one in fields)
    return Part(tuple(one.pair for one in fields), names, lines, length, b"transfer-encoding" in names)


def _parts(headers: Iterable[tuple[Any, Any]]) -> tuple[Part, ...]:
    return headers.parts if type(headers) is Head else (part(headers),)


def scan(headers: Iterable[tuple[Any, Any]]) -> tuple[bool, Any, bool]:
    """Say what gunicorn's `_scan_response_headers` says."""
    length, chunked = None, False
    for one in _parts(headers):
        length = length if one.length is None else one.length
        chunked = chunked or one.chunked
    return length is not None, length, chunked


def start(door: Any, status: int, headers: Iterable[tuple[Any, Any]], request: Any, close: bool = False) -> None:  # noqa: FBT001, FBT002
    """Buffer the head as gunicorn's `_send_response_start` does, to go out with the first of the body."""
    parts = _parts(headers)
    lines = [protocol._get_cached_status_line(request.version, status), *(one.lines for one in parts)]
    if not _named(b"server", parts):
        lines.append(protocol._CACHED_SERVER_HEADER)
    if not _named(b"date", parts):
        lines.append(protocol._get_cached_date_header())
    if close and not _named(b"connection", parts):
        lines.append(b"Connection: close\r\n")
    door._response_buffer = b"".join((*lines, b"\r\n"))


def _named(name: bytes, parts: tuple[Part, ...]) -> bool:
    return any(name in one.names for one in parts)


def install() -> None:
    protocol._scan_response_headers = scan
    ASGIProtocol._send_response_start = start
