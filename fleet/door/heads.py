"""The heads of answers, checked and written by gunicorn's own rules, each field only once.

gunicorn looks at every byte of every field of every answer: a third of what a kept answer costs, for a dozen fields
that are the same in all of them. What was good is remembered by its exact bytes.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from gunicorn.asgi import protocol
from gunicorn.asgi.protocol import ASGIProtocol

from fleet.bounded import Bounded

_CHANGING: Final = frozenset({b"x-request-id", b"ratelimit", b"date", b"etag", b"content-length"})  # not worth a memory


class _Field(NamedTuple):
    name: bytes  # in lower case
    line: bytes


_good: Final[Bounded[tuple[Any, Any], _Field]] = Bounded(4096)
_scan, _start = protocol._scan_response_headers, ASGIProtocol._send_response_start


def field(pair: tuple[Any, Any]) -> _Field:
    """Return the field as it is sent. Raises what gunicorn raises for one that would break the head."""
    known = _good.get(pair)
    if known is not None:
        return known
    _scan((pair,))
    name, value = (part.encode("latin-1") if isinstance(part, str) else bytes(part) for part in pair)
    known = _Field(name.lower(), b"%b: %b\r\n" % (name, value))
    if known.name not in _CHANGING:
        _good[pair] = known
    return known


def scan(headers: Iterable[tuple[Any, Any]]) -> tuple[bool, Any, bool]:
    """Say what gunicorn's `_scan_response_headers` says."""
    length, chunked = None, False
    for pair in map(tuple, headers):
        name = field(pair).name
        if name == b"content-length":
            length = pair[1]
        elif name == b"transfer-encoding":
            chunked = True
    return length is not None, length, chunked


def start(door: Any, status: int, headers: Iterable[tuple[Any, Any]], request: Any, close: bool = False) -> None:  # noqa: FBT001, FBT002
    """Buffer the head as gunicorn's `_send_response_start` does, to go out with the first of the body."""
    fields = [field(pair) for pair in map(tuple, headers)]
    names = {one.name for one in fields}
    parts = [protocol._get_cached_status_line(request.version, status), *(one.line for one in fields)]
    if b"server" not in names:
        parts.append(protocol._CACHED_SERVER_HEADER)
    if b"date" not in names:
        parts.append(protocol._get_cached_date_header())
    if close and b"connection" not in names:
        parts.append(b"Connection: close\r\n")
    door._response_buffer = b"".join((*parts, b"\r\n"))


def install() -> None:
    protocol._scan_response_headers = scan
    ASGIProtocol._send_response_start = start
