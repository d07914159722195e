"""Log lines are JSON with the id of the request and the task in hand; none holds a secret or a person's number."""

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.test import Client
from django.utils import timezone

from accounts import links, tokens
from accounts.tasks import purge_locks
from fleet.bench.server import serving
from fleet.observability import request_id, scrub
from fleet.observability.logs import JsonFormatter, LineFormatter
from notifications import delivery, mail, webhooks
from notifications.models import Email, WebhookEndpoint
from tests.door.conftest import Served, settings_of
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.customers import CustomerFactory
from tests.notifications import receiver, sink

LETTER = "kanarinac@example.com"
NUMBERS = {"licence_number": "KANLIC48151623", "passport_number": "KANPAS42108642", "personal_id": "1705990123456"}
CUSTOMER = {
    "name": "Amra Kanarinac",
    "email": LETTER,
    "phone": "+387 61 999 888",
    "birth_date": "1990-05-17",
    **NUMBERS,
}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Hear everything that is logged in this process, as production writes it."""
    heard, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(JsonFormatter())
    root.addHandler(handler)
    yield heard
    root.removeHandler(handler)


def lines(heard: io.StringIO, of: str = "") -> list[dict[str, Any]]:
    """Return what one logger has written, or all: a thread of another test may still have something to say."""
    return [one for one in map(json.loads, heard.getvalue().splitlines()) if one["logger"].startswith(of)]


def test_a_line_is_json_with_request_level_logger_and_what_was_said(written: io.StringIO) -> None:
    with request_id.under("abcd-1234"):
        logging.getLogger("fleet.somewhere").warning("%d of %d", 1, 2, extra={"agreement": "x1", "thing": object()})
    (line,) = lines(written, "fleet.somewhere")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line.pop("timestamp"))
    expected = {"level": "warning", "logger": "fleet.somewhere", "message": "1 of 2", "agreement": "x1"}
    assert line == {**expected, "request_id": "abcd-1234"}


def test_structlog_s_own_loggers_go_the_same_way(written: io.StringIO) -> None:
    structlog.stdlib.get_logger("fleet.elsewhere").warning("counted", rows=3, email=LETTER)
    (line,) = lines(written, "fleet.elsewhere")
    assert (line["logger"], line["message"], line["rows"]) == ("fleet.elsewhere", "counted", 3)
    assert line["email"] == scrub.HIDDEN


def test_a_crash_says_where_and_what_but_no_value(written: io.StringIO) -> None:
    def fails(passport: str) -> None:
        raise ValueError(f"odd: {passport} of {LETTER}\nDETAIL: Failing row contains (Amra Kanarinac).")

    try:
        fails(NUMBERS["passport_number"])
    except ValueError:
        logging.getLogger("fleet.crash").exception("broke")
    (line,) = lines(written, "fleet.crash")
    assert "builtins.ValueError: odd: [hidden] of [hidden]" in line["exception"]
    assert re.search(r"test_logs.py:\d+ fails", line["exception"])
    assert "KANPAS" not in str(line)
    assert "Amra" not in str(line)


@pytest.mark.parametrize(
    "secret",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoxfQ.c2lnbmF0dXJl",
        "fd_live_3f9c0a12b4de_longsecret",
        "Bearer abcdefghijklmnop",
        "kanarinac+x@example.co.uk",
        "+387 61 123 456",
        "KANPAS42108642",
        "1705990123456",
        "WyIwMTlhYjFjNCIsInBhc3N3b3JkIl0:1vabcd:mXq3xkPdmeOl0tuIoXh7",
    ],
)
def test_what_looks_like_a_secret_or_a_number_is_hidden_in_any_text(secret: str) -> None:
    assert scrub.text(f"before {secret} after") in {f"before {scrub.HIDDEN} after", f"before {scrub.HIDDEN} after"}


@pytest.mark.parametrize(
    "harmless", ["01a21046-5d53-73f2-98cb-b27365eabc61", "R-2026-000042", "2026-11-25", "E17-K-042"]
)
def test_ids_references_and_days_stay(harmless: str) -> None:
    assert scrub.text(f"before {harmless} after") == f"before {harmless} after"


def test_people_read_lines_with_the_same_words() -> None:
    record = logging.LogRecord("fleet", logging.WARNING, "", 0, "mail to %s", (LETTER,), None)
    with request_id.under("abcd-1234"):
        assert LineFormatter().format(record).endswith("WARNING fleet [abcd-1234] mail to [hidden]")


@pytest.mark.django_db
def test_a_task_writes_its_name_its_id_and_the_request_that_caused_it(written: io.StringIO) -> None:
    purge_locks.apply(task_id="task-0001", headers={"fleet_request_id": "cause-0001"})
    found = [line for line in lines(written) if line.get("task_id") == "task-0001"]
    assert found
    assert {(line["task"], line["request_id"]) for line in found} == {("accounts.tasks.purge_locks", "cause-0001")}


def drive(served: Served, log: Path) -> tuple[set[str], list[str]]:
    """Log in, fail to, make a customer, open a link, crash: return what must not be seen, and what was written."""
    user = UserFactory(role="manager")
    pair = tokens.open_session(user, now=timezone.now())
    bearer = {"Authorization": f"Bearer {pair.access}", "Content_Type": "application/json"}
    link = links.make("password_reset", user, now=timezone.now())

    def post(path: str, body: Any) -> None:
        served.get(f"/api/v1/{path}", "POST", json.dumps(body).encode(), **bearer)

    post("auth/token/", {"username": "kanarinac-name", "password": "Kanarinac-geslo-1"})
    post("auth/token/", {"username": user.username, "password": PASSWORD})
    post("customers/", CUSTOMER)
    post("customers/", CUSTOMER)  # the numbers are taken
    served.get(f"/api/v1/customers/?q={NUMBERS['passport_number']}", **bearer)
    served.get(f"/admin/password/{link}/")
    served.get("/crash/?token=Kanarinac-geslo-2")
    served.get("/livez")
    served.child.stop()
    secrets = {
        pair.access,
        pair.refresh,
        link,
        "Kanarinac",
        "kanarinac",
        PASSWORD,
        LETTER,
        "999 888",
        *NUMBERS.values(),
    }
    return secrets, log.read_text().splitlines()


@pytest.mark.django_db(transaction=True)
def test_no_line_of_the_web_holds_a_secret_or_a_person_and_every_request_has_one() -> None:
    shape: dict[str, Any] = {"FLEET_LOG_FORMAT": "json", "FLEET_ACCESS_LOG": "on", "FLEET_LOG_LEVEL": "INFO"}
    with (
        settings_of("tests.fleet.settings_with_crash"),
        serving("fleet.asgi", workers=1, threads=2, probe="/livez", **shape) as (port, child),
    ):
        secrets, found = drive(Served(port, child), Path(child.log))
    assert [line for line in found if any(secret in line for secret in secrets)] == []
    answered = [one for one in map(json.loads, found) if one["logger"] == "fleet.access"]
    assert [(one["method"], one["status"]) for one in answered] == [
        ("POST", 401),
        ("POST", 200),
        ("POST", 201),
        ("POST", 409),
        ("GET", 200),
        ("GET", 302),
        ("GET", 500),
    ]
    assert all(one["request_id"] and one["ms"] > 0 and one["bytes"] >= 0 for one in answered)
    (crash,) = [one for one in map(json.loads, found) if "exception" in one]
    assert crash["request_id"] == answered[-1]["request_id"]


@pytest.mark.django_db
def test_no_line_about_a_letter_or_a_webhook_holds_an_address(written: io.StringIO, settings: Any) -> None:
    context = {"name": "Kanarinac", "on": "1.12.2026", "items": [], "count": 0, "more": 0}
    mail.queue("digest", to=LETTER, language="bs", context=context, key="one")
    with sink.running(sink=sink.Sink(sink.free_port(), refusing={LETTER: f"550 no such user {LETTER}"})) as server:
        settings.MAILERS = server.mailers
        delivery.deliver(now=timezone.now())
    assert Email.objects.get(key="one").attempts
    with receiver.running() as program:
        WebhookEndpoint.objects.create(user=UserFactory(role="admin"), url=f"{program.url}?key=Kanarinac-geslo-3")
        webhooks.relay(now=timezone.now())
        CustomerFactory(name="Kanarinac")
    assert lines(written), "a letter that is refused is told"
    assert not re.search("(?i)kanarinac", written.getvalue())


def test_a_page_that_is_not_there_is_logged_without_what_was_asked(written: io.StringIO) -> None:
    Client().get("/api/v1/nothing/?q=KANPAS42108642")
    assert "/api/v1/nothing/" in written.getvalue()
    assert "KANPAS" not in written.getvalue()
