"""A crash of web, task or command is reported to Sentry without a secret or a person; without a DSN nothing is."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import brotli
import pytest
from django.utils import timezone

from accounts import tokens
from fleet.bench.server import serving
from tests.door.conftest import Served, settings_of
from tests.factories.accounts import UserFactory
from tests.fleet.test_settings import ROOT

CANARY = "Kanarinac"
COMMAND = f"raise ValueError('{CANARY}@example.com cannot be read')"
TASK = f"""
import sentry_sdk
from fleet.celery import app

@app.task(name="breaks")
def breaks(address):
    raise LookupError(address)

breaks.apply(args=["{CANARY}@example.com"], throw=False)
sentry_sdk.flush()
"""


@contextmanager
def sentry() -> Iterator[tuple[str, list[Any]]]:
    """Yield the DSN of a server on this machine and the events that it got."""
    events: list[Any] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            raw = {"gzip": gzip.decompress, "br": brotli.decompress}.get(self.headers["Content-Encoding"], bytes)(raw)
            parts = raw.splitlines()
            events.extend(json.loads(part) for part in parts if part.startswith(b"{") and b'"exception"' in part)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://public@127.0.0.1:{server.server_port}/1", events
    server.shutdown()
    server.server_close()


def run(code: str, dsn: str) -> str:
    variables = {**os.environ, "SENTRY_DSN": dsn}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.django_db(transaction=True)
def test_a_crash_of_the_web_arrives_with_its_place_and_its_request_id_and_nothing_personal() -> None:
    token = tokens.open_session(UserFactory(role="manager", username="kanarinac1"), now=timezone.now()).access
    with (
        sentry() as (dsn, events),
        settings_of("tests.fleet.settings_with_crash"),
        serving("fleet.asgi", workers=1, threads=1, probe="/livez", SENTRY_DSN=dsn) as (port, child),
    ):
        asked = {"Authorization": f"Bearer {token}", "X_Request_Id": "crash-0001", "Cookie": f"sessionid={CANARY}"}
        served = Served(port, child)
        served.get(f"/crash/?q={CANARY}", "POST", f"name={CANARY}".encode(), **asked)
        child.stop()
    (event,) = events
    (error,) = event["exception"]["values"]
    assert (error["type"], error["stacktrace"]["frames"][-1]["function"]) == ("RuntimeError", "crash")
    assert event["request"] == {"method": "POST", "url": f"http://127.0.0.1:{port}/crash/"}
    assert event["tags"]["request_id"] == "crash-0001"
    assert not any(word in json.dumps(event) for word in (CANARY, "kanarinac", token))


@pytest.mark.parametrize(("code", "kind"), [(TASK, "LookupError"), (COMMAND, "ValueError")])
def test_a_crash_of_something_else_arrives_without_what_it_worked_on(code: str, kind: str) -> None:
    with sentry() as (dsn, events):
        said = run(code, dsn)
    assert [event["exception"]["values"][-1]["type"] for event in events] == [kind], said
    assert CANARY not in json.dumps(events)


def test_without_a_dsn_nothing_of_it_is_loaded() -> None:
    said = run("import sys; import fleet.asgi; print('sentry_sdk' in sys.modules)", "")
    assert said.split()[-1] == "False"
