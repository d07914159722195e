"""Answers that come in pieces: as they come, with brakes, and not for nobody."""

import json
import time

from tests.door.conftest import Served


def finished(served: Served) -> dict[str, int]:
    found: dict[str, int] = json.loads(served.get("/done/")[1])
    return found


def test_a_stream_arrives_whole_in_few_pieces(served: Served) -> None:
    answer, body = served.get("/stream/?n=20000")
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert body.splitlines() == [b"row %d" % number for number in range(20000)]


def test_what_comes_slowly_is_passed_on_at_once(served: Served) -> None:
    with served.raw(b"GET /stream/?n=3&pause=0.5 HTTP/1.1\r\nHost: localhost\r\n\r\n") as line:
        began, first = time.monotonic(), b""
        while b"row 0" not in first:
            first += line.recv(4096)
        assert time.monotonic() - began < 1.2


def test_a_stream_ends_when_its_reader_has_left(served: Served) -> None:
    before = finished(served)
    line = served.raw(b"GET /stream/?n=600&pause=0.05 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    line.recv(100)
    line.close()
    deadline = time.monotonic() + 10
    while finished(served)["streams"] == before["streams"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert finished(served)["finished"] > before["finished"]  # and its connection went back to the pool


def test_a_reader_who_does_not_read_brakes_the_producer(served: Served) -> None:
    with served.raw(b"GET /stream/?n=4000000 HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        time.sleep(1)
        before = finished(served)["streams"]
        time.sleep(0.5)
        assert finished(served)["streams"] == before
