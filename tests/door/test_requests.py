"""What Django sees behind the door, and what clients get back."""

import json
import select
import socket
import threading
import time
from hashlib import sha256

import psutil
import pytest

from fleet.bench.server import serving
from tests.door.conftest import Served, settings_of


def seen(served: Served, path: str, **rest: str) -> dict[str, str]:
    answer, body = served.get(path, **rest)
    assert answer.status == 200, body
    found: dict[str, str] = json.loads(body)
    return found


def test_the_environ_is_the_one_of_wsgi(served: Served) -> None:
    found = seen(served, "/echo/%C4%8Daj%2F1?q=%C4%8D&r=1", Accept_Language="bs", X_Forwarded_For="1.2.3.4")
    assert found["PATH_INFO"] == "/echo/čaj/1"
    assert found["QUERY_STRING"] == "q=%C4%8D&r=1"
    assert found["RAW_URI"] == "/echo/%C4%8Daj%2F1?q=%C4%8D&r=1"
    assert (found["HTTP_ACCEPT_LANGUAGE"], found["HTTP_X_FORWARDED_FOR"]) == ("bs", "1.2.3.4")
    assert (found["REMOTE_ADDR"], found["SERVER_PROTOCOL"], found["CONTENT_LENGTH"]) == ("127.0.0.1", "HTTP/1.1", None)


def test_nobody_says_of_himself_that_he_came_by_https(served: Served) -> None:
    for claim in ({"X_Forwarded_Proto": "https"}, {"X_Forwarded_Protocol": "ssl"}, {"X_Forwarded_Ssl": "on"}):
        assert seen(served, "/echo/", **claim)["scheme"] == "http"


def test_repeated_headers_are_joined_and_names_with_underscores_are_dropped(served: Served) -> None:
    head = b"GET /echo/ HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\nX-A: 2\r\nX_Forwarded_For: 9.9.9.9\r\n"
    with served.raw(head + b"Connection: close\r\n\r\n") as line:
        found = json.loads(_all(line).partition(b"\r\n\r\n")[2])
    assert found["HTTP_X_A"] == "1,2"
    assert "HTTP_X_FORWARDED_FOR" not in found


@pytest.mark.parametrize(
    ("target", "host", "status"),
    [
        ("/echo/", "", 400),
        ("/livez", "", 400),
        ("http://localhost/echo/", "Host: localhost\r\n", 200),
        ("http://evil.example/echo/", "Host: localhost\r\n", 400),
        ("http://evil.example?/echo/", "Host: localhost\r\n", 400),
    ],
)
def test_a_request_names_one_host(served: Served, target: str, host: str, status: int) -> None:
    with served.raw(f"GET {target} HTTP/1.1\r\n{host}Connection: close\r\n\r\n".encode()) as line:
        answer = _all(line)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert status == 200 or b'"code": "malformed"' in answer


def test_who_speaks_the_protocol_before_hosts_is_heard(served: Served) -> None:
    with served.raw(b"GET /livez HTTP/1.0\r\n\r\n") as line:
        assert _all(line).startswith(b"HTTP/1.0 200 ")


def test_an_answer_to_head_has_the_headers_and_no_body(served: Served) -> None:
    answer, body = served.get("/echo/", "HEAD")
    assert (answer.status, body) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 100
    assert served.get("/stream/", "HEAD")[1] == b""


def test_an_upload_of_twenty_megabytes_arrives_whole_and_stays_out_of_memory(served: Served) -> None:
    sent = bytes(range(256)) * (20 * 2**20 // 256)
    before = _memory(served)
    _answer, body = served.get("/digest/", "POST", sent)
    assert json.loads(body) == {"bytes": len(sent), "sha256": sha256(sent).hexdigest()}
    assert _memory(served) - before < 10 * 2**20


def test_a_body_in_chunks_is_a_body_like_any_other(served: Served) -> None:
    head = b"POST /digest/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    with served.raw(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") as line:
        found = json.loads(_all(line).partition(b"\r\n\r\n")[2])
    assert found == {"bytes": 5, "sha256": sha256(b"abcde").hexdigest()}


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(served: Served) -> None:
    head = b"POST /digest/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99000000\r\nExpect: 100-continue\r\n\r\n"
    with served.raw(head) as line:
        answer = _all(line)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code": "too_large"' in answer


def test_what_the_door_refuses_has_the_headers_of_every_answer() -> None:
    with (
        settings_of("tests.door.settings"),
        serving(
            "fleet.asgi", workers=1, threads=2, probe="/livez", FLEET_CORS_ORIGINS="https://partner.example"
        ) as found,
        Served(*found).raw(
            b"POST /api/v1/contracts/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99000000\r\n"
            b"Origin: https://partner.example\r\nX-Request-Id: large-large-1\r\n\r\n"
        ) as line,
    ):
        answer = _all(line).lower()
    assert answer.startswith(b"http/1.1 413 ")
    assert b"content-type: application/problem+json" in answer
    for header in (
        b"access-control-allow-origin: https://partner.example",
        b"x-request-id: large-large-1",
        b"x-content-type-options: nosniff",
        b"x-frame-options: sameorigin",
        b"content-security-policy: default-src",
        b"cache-control: no-store",
    ):
        assert header in answer


def test_who_waits_for_leave_to_send_gets_it(served: Served) -> None:
    head = b"POST /digest/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n"
    with served.raw(head + b"Connection: close\r\n\r\n") as line:
        assert line.recv(100).startswith(b"HTTP/1.1 100 Continue")
        line.sendall(b"abc")
        assert b'"bytes": 3' in _all(line)


def test_slow_senders_hold_no_thread(served: Served) -> None:
    head = b"POST /digest/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc"
    lines = [served.raw(head) for _ in range(8)]
    began = time.monotonic()
    assert served.get("/echo/")[0].status == 200
    assert time.monotonic() - began < 2
    for line in lines:
        line.close()


def test_no_request_sees_what_another_one_left_in_the_context(served: Served) -> None:
    found = [seen(served, "/leak/") for _ in range(6)]
    assert {one["before"] for one in found} == {""}
    assert all(one["thread"].startswith("django") for one in found)
    assert int(found[-1]["caches"]) <= 2  # one client of the cache per thread, not one per request


def test_a_crash_is_a_500_with_a_request_id_and_the_next_request_works(served: Served) -> None:
    answer, _body = served.get("/crash/", X_Request_Id="crash-crash-1")
    assert (answer.status, answer.headers["X-Request-Id"]) == (500, "crash-crash-1")
    assert served.get("/echo/")[0].status == 200


def test_when_every_thread_is_busy_probes_answer_and_others_are_told_when_to_come_back(served: Served) -> None:
    sleepers = [threading.Thread(target=served.get, args=("/slow/?s=7",)) for _ in range(2)]
    for sleeper in sleepers:
        sleeper.start()
    time.sleep(0.3)
    assert served.get("/livez")[0].status == 200
    began = time.monotonic()
    answer, body = served.get("/echo/")
    assert (answer.status, json.loads(body)["code"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) >= 1
    assert time.monotonic() - began < 6
    for sleeper in sleepers:
        sleeper.join()


def test_who_would_wait_in_vain_is_refused_before_those_who_wait_and_watchers_are_not(served: Served) -> None:
    sleepers = [threading.Thread(target=served.get, args=("/slow/?s=3",)) for _ in range(2)]
    for sleeper in sleepers:
        sleeper.start()
    time.sleep(1)
    waiting = [served.raw(b"GET /echo/ HTTP/1.1\r\nHost: localhost\r\n\r\n") for _ in range(30)]
    answer, body = served.get("/echo/")
    assert (answer.status, json.loads(body)["code"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) > 3
    assert len(select.select(waiting, [], [], 0)[0]) < 30  # the first of them wait still
    assert "checks" in json.loads(served.get("/readyz")[1])
    for sleeper in sleepers:
        sleeper.join()
    assert waiting[0].recv(100).startswith(b"HTTP/1.1 200 ")
    for line in waiting:
        line.close()


def _all(line: socket.socket) -> bytes:
    found = b""
    while chunk := line.recv(65536):
        found += chunk
    return found


def _memory(served: Served) -> int:
    (worker,) = psutil.Process(served.child.process.pid).children()
    return int(worker.memory_info().rss)
