"""The mail server of the demo: it takes everything, keeps it in a folder, and `manage.py mailbox` shows it."""

import io
import json
import smtplib
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from fleet.local import smtp
from fleet.local.module import Server


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fleet-smtp-") as made:
        yield Path(made)


@pytest.fixture
def server(folder: Path, settings: Settings) -> Iterator[Server]:
    running = smtp.begin(folder / "smtp", log=folder / "log")
    running.wait()
    settings.FLEET_MAILBOX = running.variables["FLEET_MAILBOX"]
    yield running
    running.child.stop()


def send(server: Server, subject: str, *, to: str = "lejla@example.com", message_id: str = "<1@fleet.test>") -> None:
    mail = EmailMessage()
    mail["Subject"], mail["To"], mail["From"], mail["Message-ID"] = subject, to, "fleet@example.com", message_id
    mail.set_content("Šta ima? Đačka knjižica.\n")
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as line:
        line.send_message(mail)


def mailbox(*arguments: str, **options: Any) -> str:
    said = io.StringIO()
    call_command("mailbox", *arguments, stdout=said, stderr=io.StringIO(), **options)
    return said.getvalue()


def test_a_mail_is_listed_and_shown(server: Server) -> None:
    send(server, "Vaša rezervacija je potvrđena")

    assert "lejla@example.com" in mailbox()
    shown = mailbox("--show", "1")
    assert "Subject: Vaša rezervacija je potvrđena" in shown
    assert "Đačka knjižica" in shown
    assert "Delivered-To: lejla@example.com" in mailbox("--show", "1", "--raw")


def test_a_mail_that_came_twice_is_counted(server: Server) -> None:
    for subject, message_id in (("one", "<1@fleet.test>"), ("one", "<1@fleet.test>"), ("two", "<2@fleet.test>")):
        send(server, subject, message_id=message_id)

    outcome = json.loads(mailbox("--json"))
    assert outcome["counts"] == {"e-mails": 3, "repeated": 1}
    assert [mail["times"] for mail in outcome["mails"]] == [2, 2, 1]


def test_mails_to_one_address_and_only_the_newest(server: Server) -> None:
    for number, to in enumerate(("a@example.com", "b@example.com", "a@example.com")):
        send(server, f"no. {number}", to=to)

    listed = mailbox("--to", "A@example.com", "--limit", "1")
    assert "no. 2" in listed
    assert listed.count("\n") == 1


def test_a_killed_server_starts_again_with_its_mails(server: Server, folder: Path) -> None:
    send(server, "kept")
    server.child.process.kill()
    server.child.process.wait()

    again = smtp.begin(folder / "smtp", log=folder / "log")
    again.wait()
    again.child.stop()
    assert "kept" in mailbox()


def test_no_mailbox_and_no_such_mail_are_said_in_a_sentence(server: Server, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no mailbox"):
        mailbox("--folder", str(tmp_path))
    with pytest.raises(CommandError, match="There is no e-mail 1; there are 0"):
        mailbox("--show", "1")
