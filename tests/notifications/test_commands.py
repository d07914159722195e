"""The jobs by hand: any moment, a dry run, and a second run that changes nothing."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from notifications.letters import LANGUAGES, TEMPLATES
from notifications.models import Email, ReminderRule
from tests.factories import contracts as given
from tests.factories.contracts import END


def counts(*command: str) -> Any:
    out = StringIO()
    call_command(*command, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())["counts"]


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["expire_holds", "grow_overdue", "remind_customers", "send_reminders"])
def test_a_job_runs_as_of_any_day_and_twice_changes_nothing(command: str) -> None:
    ReminderRule.objects.all().delete()
    given.active(by=given.manager())
    day = f"{END.date()}T20:00"

    counts(command, "--on", day, "--dry-run")
    counts(command, "--on", day)

    assert not any(counts(command, "--on", day).values())


@pytest.mark.django_db
def test_a_dry_run_of_the_mail_sends_nothing() -> None:
    given.confirmed(by=given.manager())
    Email.objects.all().update(status="queued")

    assert counts("deliver_mail", "--dry-run", "--on", "2030-01-01")["waiting"] == Email.objects.count()


@pytest.mark.django_db
def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CommandError, match="no date such as"):
        call_command("send_reminders", "--on", "2026-02-30")


def test_every_letter_can_be_looked_at(tmp_path: Path) -> None:
    call_command("mail_preview", "--out", str(tmp_path), stderr=StringIO())

    assert len(list(tmp_path.glob("*.html"))) == len(TEMPLATES) * len(LANGUAGES)
    assert "Lejla" in (tmp_path / "overdue.bs.txt").read_text()
