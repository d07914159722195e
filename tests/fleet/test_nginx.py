"""The nginx of docker-compose.yml, running in front of a real web process: TLS, limits, streams, real addresses."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from types import MappingProxyType

import pytest
from django.utils import timezone

from accounts import tokens
from accounts.models import TokenSession
from fleet.bench.server import serving
from fleet.local.process import free_port, start, wait_until
from tests.factories.accounts import PASSWORD, UserFactory
from tests.fleet.test_settings import ROOT
from tests.waiting import until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CONF = (ROOT / "deploy/nginx/nginx.conf").read_text()
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not NGINX and "CI" not in os.environ, reason="nginx is not installed"),
]


class Proxy:
    def __init__(self, port: int, plain: int) -> None:
        self.port, self.plain = port, plain
        self.trust = ssl.create_default_context()
        self.trust.check_hostname, self.trust.verify_mode = False, ssl.CERT_NONE

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        with closing(HTTPSConnection("127.0.0.1", self.port, timeout=20, context=self.trust)) as line:
            line.request(method, path, body or None, {name.replace("_", "-"): text for name, text in headers.items()})
            answer = line.getresponse()
            return answer, answer.read()


def written(folder: Path, web: int, more: Mapping[str, str]) -> tuple[Path, Proxy]:
    """Write the configuration for this machine: other ports, other folders, a certificate of one day."""
    proxy = Proxy(free_port(), free_port())
    key, chain = folder / "privkey.pem", folder / "fullchain.pem"
    made = ["-newkey", "rsa:2048", "-nodes", "-x509", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run(["openssl", "req", *made, "-keyout", key, "-out", chain], check=True, capture_output=True)
    user = "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")
    changes = {
        **more,
        "user nginx;": f"user {user};",
        "server web:8000;": f"server 127.0.0.1:{web};",
        "listen 8443 ": f"listen 127.0.0.1:{proxy.port} ",
        "listen 8080;": f"listen 127.0.0.1:{proxy.plain};",
        "/etc/nginx/tls/": f"{folder}/",
        "/tmp/nginx": f"{folder}/nginx",  # noqa: S108 - what stands in the file
    }
    text = CONF
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text)
    return folder / "nginx.conf", proxy


def listens(port: int) -> bool:
    with socket.socket() as line:
        return not line.connect_ex(("127.0.0.1", port))


@pytest.fixture(scope="module")
def proxy(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    tmp_path, static = tmp_path_factory.mktemp("nginx"), tmp_path_factory.mktemp("static")
    settings = {"DJANGO_SETTINGS_MODULE": "tests.fleet.settings_with_static", "COLLECTED": str(static)}
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0"]
    subprocess.run(collect, cwd=ROOT, env={**os.environ, **settings}, check=True)
    more = {"FLEET_TRUSTED_PROXIES": "1", "FLEET_HTTPS": "true", "FLEET_METRICS_TOKEN": "m", **settings}
    with (
        serving("fleet.asgi", workers=1, threads=2, probe="/livez", **more) as (port, _),
        before(tmp_path, port) as proxy,
    ):
        yield proxy


@contextmanager
def before(folder: Path, web: int, more: Mapping[str, str] = MappingProxyType({})) -> Iterator[Proxy]:
    """Run the proxy before a port, with more changes to its configuration."""
    conf, proxy = written(folder, web, more)
    command = [str(NGINX), "-c", str(conf), "-p", str(folder), "-g", "daemon off;"]
    child = start("nginx", command, log=folder / "log", env=dict(os.environ), cwd=folder)
    try:
        assert wait_until(lambda: listens(proxy.port), child, 10)
        yield proxy
    finally:
        child.stop()


def test_who_asks_over_tls_is_answered_and_seen_with_the_real_address(proxy: Proxy) -> None:
    user = UserFactory(role="manager")
    body = json.dumps({"username": user.username, "password": PASSWORD}).encode()
    lie = {"X_Forwarded_For": "9.9.9.9", "Content_Type": "application/json"}
    answer, raw = proxy.ask("/api/v1/auth/token/", "POST", body, **lie)
    assert (answer.status, answer.headers["Strict-Transport-Security"][:8]) == (200, "max-age=")
    assert TokenSession.objects.get(user=user).address == "127.0.0.1"
    answer, _ = proxy.ask("/api/v1/cars/", Authorization=f"Bearer {json.loads(raw)['access']}", Accept_Encoding="br")
    assert answer.status == 200


def test_a_browser_takes_our_cookies_from_this_host_alone(proxy: Proxy) -> None:
    name, _, rest = proxy.ask("/admin/login/")[0].headers["Set-Cookie"].partition("=")
    assert name == "__Host-csrftoken"
    assert {"Secure", "Path=/", "SameSite=Lax"} <= set(rest.split("; "))
    assert "Domain" not in rest


def test_without_tls_one_is_sent_to_it(proxy: Proxy) -> None:
    with closing(HTTPConnection("127.0.0.1", proxy.plain, timeout=5)) as line:
        line.request("GET", "/admin/?a=1", headers={"Host": "localhost"})
        answer = line.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, "https://localhost/admin/?a=1")


@pytest.mark.parametrize("megabytes", [25.5, 30])
def test_a_body_that_is_too_large_is_refused_as_a_problem(proxy: Proxy, megabytes: float) -> None:
    token = tokens.open_session(UserFactory(role="manager"), now=timezone.now()).access
    sent = bytes(int(megabytes * 2**20))
    answer, raw = proxy.ask("/api/v1/files/", "POST", sent, Authorization=f"Bearer {token}")
    assert (answer.status, json.loads(raw)["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/%6detrics", "//metrics", "/static/../metrics"])
def test_what_is_for_the_inside_only_is_as_any_address_that_is_not_there(proxy: Proxy, path: str) -> None:
    answers = [
        proxy.ask(one, Authorization="Bearer m", X_Request_Id="the-same-for-both") for one in (path, "/not-there")
    ]
    assert [answer.status for answer, _ in answers] == [404, 404]
    assert answers[0][1] == answers[1][1]


def style(proxy: Proxy, accepted: str) -> HTTPResponse:
    listed = json.loads(proxy.ask("/static/staticfiles.json")[1])
    return proxy.ask(f"/static/{listed['paths']['fleet/app.css']}", Accept_Encoding=accepted)[0]


@pytest.mark.parametrize(
    ("accepted", "form"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=0.9", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.0", None),
        ("", None),
    ],
)
def test_static_files_come_compressed_as_they_lie_there_and_are_kept_for_ever(
    proxy: Proxy, accepted: str, form: str | None
) -> None:
    whole, answers = style(proxy, "identity"), [style(proxy, accepted) for _ in range(2)]
    assert [answer.headers["Content-Encoding"] for answer in answers] == [form, form]
    for answer in answers:
        assert answer.status == 200
        assert {"immutable", "public"} <= set(answer.headers["Cache-Control"].split(", "))
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert (int(answer.headers["Content-Length"]) < 0.5 * int(whole.headers["Content-Length"])) == bool(form)


def test_however_a_wish_is_worded_three_forms_are_kept(proxy: Proxy) -> None:
    before = {style(proxy, one).headers["X-Request-Id"] for one in ("br", "gzip", "identity")}
    asked = [style(proxy, f"x{number}, br;q=0.{number + 1}") for number in range(5)]
    assert {answer.headers["Content-Encoding"] for answer in asked} == {"br"}
    assert {answer.headers["X-Request-Id"] for answer in asked} <= before


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /livez HTTP/1.1\r\n\r\n",
        b"get /livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * 9000 + b"\r\n\r\n",
        b"POST /api/v1/cars/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST /api/v1/cars/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"NOTHING\r\n\r\n",
    ],
)
def test_what_the_proxy_does_not_understand_is_refused_in_our_words(proxy: Proxy, sent: bytes) -> None:
    with closing(proxy.trust.wrap_socket(socket.create_connection(("127.0.0.1", proxy.port), 10))) as line:
        line.sendall(sent)
        answer = HTTPResponse(line)
        answer.begin()
        assert (answer.status, json.loads(answer.read())["code"]) == (400, "malformed")


def test_the_bell_rings_through_the_proxy_without_delay(proxy: Proxy) -> None:
    token = tokens.open_session(UserFactory(role="manager"), now=timezone.now()).access
    head = f"GET /api/v1/notifications/stream/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    with closing(proxy.trust.wrap_socket(socket.create_connection(("127.0.0.1", proxy.port), 10))) as line:
        line.settimeout(10)
        line.sendall(f"{head}Accept: text/event-stream\r\n\r\n".encode())
        heard = line.recv(4096)
        while b"retry:" not in heard and b"event:" not in heard and b"\n\n: " not in heard:
            heard += line.recv(4096)
    assert heard.startswith(b"HTTP/1.1 200")


def test_who_sends_slowly_holds_nothing_of_fleet(proxy: Proxy) -> None:
    slow = [proxy.trust.wrap_socket(socket.create_connection(("127.0.0.1", proxy.port), 10)) for _ in range(20)]
    for line in slow:
        line.sendall(b"POST /api/v1/files/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx")
    assert proxy.ask("/livez")[0].status == 200
    for line in slow:
        line.close()


@pytest.mark.parametrize(
    ("accept", "kind"), [("text/html,*/*;q=0.8", "text/html; charset=utf-8"), ("*/*", "application/problem+json")]
)
def test_people_and_programs_are_told_when_fleet_does_not_answer(tmp_path: Path, accept: str, kind: str) -> None:
    with before(tmp_path, free_port()) as proxy:
        answer, raw = proxy.ask("/admin/", Accept=accept)
    assert (answer.status, answer.headers["Retry-After"], answer.headers["Content-Type"]) == (503, "5", kind)
    assert "Fleet does not answer" in raw.decode()


def test_an_address_with_too_many_connections_is_told_in_our_words(tmp_path: Path) -> None:
    with (
        before(tmp_path, free_port(), {"limit_conn addresses 400;": "limit_conn addresses 1;"}) as proxy,
        proxy.trust.wrap_socket(socket.create_connection(("127.0.0.1", proxy.port), 10)) as line,
    ):
        line.sendall(b"POST /api/v1/files/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx")
        until(lambda: proxy.ask("/livez")[0].status == 429)
        answer, raw = proxy.ask("/livez")
    assert answer.headers["Retry-After"] == "5"
    assert json.loads(raw)["code"] == "too_many_connections"
