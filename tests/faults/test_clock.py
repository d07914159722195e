"""The clock is moved on day by day, three workers do each day's work at once: everybody is told everything once.

CI moves it a few days. The whole thing: `DAYS=60 .venv/bin/pytest -s tests/faults/test_clock.py`.
"""

import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from cars import papers
from cars.models import Insurance
from contracts.models import Contract
from fleet.local import smtp
from notifications import webhooks
from notifications.models import Email, Event, Notification, ReminderRule, ReminderSent, WebhookDelivery
from tests.factories.accounts import UserFactory
from tests.factories.cars import CarFactory, InsuranceFactory
from tests.faults.programs import WORKER, running, talking
from tests.notifications import receiver as receivers
from tests.notifications.receiver import Receiver
from tests.notifications.test_webhooks import listen

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = int(os.environ.get("DAYS", "4"))
WORKERS = 3
TODAY = timezone.localdate()
READERS = {"manager": "manager@fleet.test", "agent": "agent@fleet.test", "mechanic": "mechanic@fleet.test"}


@dataclass
class Company:
    """A small one with everything due that a company has due; its workers and its mailbox."""

    mailbox: Path
    program: Receiver
    workers: list[subprocess.Popen[str]]
    counted: Counter[str] = field(default_factory=Counter)

    def work(self, day: date) -> None:
        """Let every worker do the work of one day, all at once."""
        for worker in self.workers:
            print(day, file=worker.stdin, flush=True)
        for worker in self.workers:
            assert worker.stdout
            for name, counts in json.loads(worker.stdout.readline()).items():
                self.counted.update({f"{name}.{what}": number for what, number in counts.items()})

    def letters(self) -> list[dict[str, Any]]:
        """Return what the local mailbox lists."""
        said = StringIO()
        command = ("mailbox", "--folder", str(self.mailbox), "--limit", "1000000", "--json")
        call_command(*command, stdout=said, stderr=StringIO())
        listed: list[dict[str, Any]] = json.loads(said.getvalue())["mails"]
        return listed

    def text(self, number: int) -> str:
        said = StringIO()
        shown = ("mailbox", "--folder", str(self.mailbox), "--show", str(number))
        call_command(*shown, stdout=said, stderr=StringIO())
        return said.getvalue().partition("\n\n")[2]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    call_command("seed", "--scale", "20x40x160", stderr=StringIO())
    for role, address in READERS.items():
        UserFactory(role=role, email=address)
    usual = import_module("notifications.migrations.0003_usual_rules").RULES
    ReminderRule.objects.all().delete()
    for subject, offsets, role, at_once in usual:
        ReminderRule.objects.create(subject=subject, offsets=offsets, role=role, at_once=at_once)
    webhooks.relay(now=timezone.now())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fleet-clock-")))
        mail = smtp.begin(folder / "smtp", log=folder / "smtp.log")
        stack.callback(mail.child.stop)
        program = stack.enter_context(receivers.running())
        listen(program)
        mail.wait()
        env = {**mail.variables, "FLEET_TASK_GRACE": "1"}
        # Celery beside them, but for the letters: it would have sent each before the three could fight for it.
        celery = (*WORKER, "-Q", "default,webhooks")
        stack.enter_context(running("worker", *celery, log=tmp_path / "worker.log", env=env))
        workers = [talking("-m", "tests.faults.calendar", env=mail.variables) for _ in range(WORKERS)]
        for worker in workers:
            stack.callback(worker.communicate)
        yield Company(Path(mail.variables["FLEET_MAILBOX"]), program, workers)


def patiently(condition: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def paper(plate: str, *, until: date) -> Insurance:
    """Return the only paper of a car with this plate."""
    return InsuranceFactory(car=CarFactory(license_plate=plate), valid_from=TODAY, valid_until=until)


def renew(old: Insurance) -> None:
    following = InsuranceFactory.build(
        car=old.car, valid_from=old.valid_until + timedelta(days=1), valid_until=old.valid_until + timedelta(days=365)
    )
    papers.add(following, by=None, now=timezone.now())


def test_everybody_is_told_everything_once_however_many_workers_there_are(company: Company) -> None:
    began = time.monotonic()
    kept, renewed = (paper(plate, until=TODAY + timedelta(days=10)) for plate in ("KEPT", "RENEWED"))
    for ahead in range(1, DAYS + 1):
        company.work(day := TODAY + timedelta(days=ahead))
        if ahead == 2:  # 14 days before was said of both, on day 1; 7 days before will be on day 3
            renew(renewed)
            late = paper("LATE", until=TODAY + timedelta(days=9))
            company.work(day)  # the digest has gone: LATE waits for tomorrow's
            assert set(ReminderSent.objects.pending().values_list("subject_id", flat=True)) == {late.pk}
            renew(late)
    assert patiently(lambda: not Email.objects.waiting().exists())
    assert patiently(lambda: len(company.program.received) == WebhookDelivery.objects.count())
    letters = company.letters()
    digests = _digests(company, letters)
    print(  # noqa: T201
        f"\n{DAYS} days, {WORKERS} workers, {time.monotonic() - began:.0f} s: {len(letters)} letters, "
        f"{sum(map(len, digests.values()))} lines in {len(digests)} digests, {len(company.program.received)} calls, "
        f"{dict(company.counted)}"
    )
    _every_letter_arrived_once(letters)
    _every_line_of_every_digest_is_what_was_found(digests)
    _every_blocker_was_said_once(company, letters)
    _every_hold_expired_once_and_was_told(company)
    assert _offsets(kept) == {offset for offset in (14, 7, 1, 0, -1) if offset >= 10 - DAYS}
    assert _offsets(renewed) == {14}
    assert not _offsets(late)
    assert not any("LATE" in line for lines in digests.values() for line in lines)
    company.work(TODAY + timedelta(days=DAYS))
    assert len(company.letters()) == len(letters)


def _offsets(of: Insurance) -> set[int]:
    return set(ReminderSent.objects.filter(subject_id=of.pk).values_list("offset", flat=True))


def _every_letter_arrived_once(letters: list[dict[str, Any]]) -> None:
    assert {letter["times"] for letter in letters} == {1}
    assert len(letters) == Email.objects.filter(status="sent").count() == Email.objects.count()
    assert not Email.objects.filter(repeats__gt=0).exists()


def _digests(company: Company, letters: list[dict[str, Any]]) -> dict[tuple[str, date], list[str]]:
    """Return the lines of each digest by reader and day, as they stand in the mailbox; a second one is an error."""
    found: dict[tuple[str, date], list[str]] = {}
    for letter in letters:
        key = _key(letter)
        if key.startswith("digest:"):
            one = (letter["to"], date.fromisoformat(key.rpartition(":")[2]))
            assert one not in found
            found[one] = _lines(company.text(letter["number"]))
    return found


def _key(letter: dict[str, Any]) -> str:
    pk = letter["message_id"].strip("<>").partition("@")[0]
    return str(Email.objects.values_list("key", flat=True).get(pk=pk))


def _lines(text: str) -> list[str]:
    return [line.removesuffix("  (overdue)") for line in text.splitlines() if line[2:3] == "." and "  " in line]


def _every_line_of_every_digest_is_what_was_found(digests: dict[tuple[str, date], list[str]]) -> None:
    expected: dict[tuple[str, date], set[tuple[str, date, str]]] = {}
    for row in ReminderSent.objects.filter(rule__at_once=False).select_related("rule"):
        assert row.told_on
        expected.setdefault((READERS[row.rule.role], row.told_on), set()).add(
            (str(row.subject_id), row.due_on, row.title)
        )
    assert set(expected) == set(digests)
    for one, rows in expected.items():
        assert sorted(f"{due:%d.%m.%Y}  {title}" for _, due, title in rows) == sorted(digests[one])


def _every_blocker_was_said_once(company: Company, letters: list[dict[str, Any]]) -> None:
    said = Counter(
        (letter["to"], _lines(company.text(letter["number"]))[0]) for letter in letters if "reminder:" in _key(letter)
    )
    rows = ReminderSent.objects.filter(rule__at_once=True).select_related("rule")
    expected = Counter((READERS[row.rule.role], f"{row.due_on:%d.%m.%Y}  {row.title}") for row in rows)
    assert said == expected
    assert expected
    # What an event told as well depends on the hour: one older than a day is no news.
    assert Notification.objects.filter(urgent=True, key__startswith="reminder:").count() == expected.total()


def _every_hold_expired_once_and_was_told(company: Company) -> None:
    expired = Counter(Event.objects.filter(type="contract.expired").values_list("subject_id", flat=True))
    assert expired == Counter(
        Contract.objects.filter(status="expired", ended_at__date__gt=TODAY).values_list("pk", flat=True)
    )
    assert expired
    calls = Counter(head["webhook-id"] for head, _ in company.program.received)
    events = Counter(json.loads(body)["id"] for _, body in company.program.received)
    assert set(calls.values()) == set(events.values()) == {1}
    assert len(events) == Event.objects.filter(pk__gte=min(events)).count()
