"""The head of an answer is what gunicorn itself would have written, and what it refuses is refused."""

from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.asgi import protocol
from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.http.errors import InvalidResponseHeader, InvalidResponseHeaderName

from fleet.door import heads

NAMES = [(b"X A", b"1"), (b"X-A\r\n", b"1"), (b"", b"1")]
VALUES = [(b"X-A", b"1\r\nX-B: 2"), ("X-A", "1\n"), (b"X-A", b"\x00")]
REQUEST = SimpleNamespace(version=(1, 1))
HEAD: list[tuple[Any, Any]] = [
    (b"Content-Type", b"application/json"),
    (b"Content-Length", b"12"),
    ("X-Text", "é"),
    (b"RateLimit", b'"user";r=1;t=2'),
    (b"Set-Cookie", b"a=1"),
    (b"Set-Cookie", b"b=2"),
]


@pytest.mark.parametrize("close", [False, True])
@pytest.mark.parametrize(
    "more", [[], [(b"Transfer-Encoding", b"chunked")], [(b"Date", b"x"), (b"Server", b"y"), (b"Connection", b"close")]]
)
def test_heads_are_those_of_gunicorn(more: list[tuple[bytes, bytes]], close: bool) -> None:
    theirs, ours = SimpleNamespace(), SimpleNamespace()
    for _ in range(2):  # checked, and remembered
        heads._start(theirs, 200, [*HEAD, *more], REQUEST, close)
        heads.start(ours, 200, [*HEAD, *more], REQUEST, close)
        assert ours._response_buffer.split(b"\r\n") == theirs._response_buffer.split(b"\r\n")
        assert heads.scan([*HEAD, *more]) == heads._scan([*HEAD, *more])


def test_a_head_of_parts_is_that_of_all_its_fields() -> None:
    whole, parts = SimpleNamespace(), SimpleNamespace()
    head = heads.Head(heads.part(HEAD), heads.part([(b"Date", b"x"), (b"X-Request-Id", b"1")]))
    heads._start(whole, 200, list(head), REQUEST, close=True)
    heads.start(parts, 200, head, REQUEST, close=True)
    assert parts._response_buffer == whole._response_buffer
    assert heads.scan(head) == heads._scan(list(head)) == (True, b"12", False)


@pytest.mark.parametrize("bad", [*NAMES, *VALUES])
def test_what_would_break_a_head_is_refused_every_time(bad: tuple[Any, Any]) -> None:
    for _ in range(2):
        for read in (heads._scan, heads.scan):
            with pytest.raises(InvalidResponseHeaderName if bad in NAMES else InvalidResponseHeader):
                read([*HEAD, bad])


def test_the_worker_writes_them() -> None:
    from fleet.door import worker  # noqa: F401, PLC0415 - it takes over when it is loaded

    assert protocol._scan_response_headers is heads.scan
    assert ASGIProtocol._send_response_start is heads.start
