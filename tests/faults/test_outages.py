"""Redis, S3 and the mail server are taken away under load: nobody is refused who does not need them, nothing is lost.

CI takes them away for moments. The whole thing:
`SECONDS=60 OUTAGES=redis:stopped,redis:frozen,s3:stopped,s3:frozen,smtp:stopped,smtp:frozen .venv/bin/pytest -s …`.
"""

import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from accounts import tokens
from accounts.models import User
from cars.models import Branch
from files.models import File
from fleet.bench.server import serving
from fleet.storage import PrivateStorage
from notifications import webhooks
from notifications.models import Email, Event, Notification, WebhookDelivery
from tests.door.conftest import Served
from tests.door.test_bell import Listening
from tests.factories.accounts import UserFactory
from tests.factories.contracts import rentable_car
from tests.faults import services
from tests.faults.programs import WORKER, running, talking
from tests.faults.services import Service
from tests.faults.traffic import Answered, Client, Traffic, flowing, told
from tests.notifications import receiver as receivers
from tests.notifications.receiver import Receiver
from tests.notifications.test_webhooks import listen
from tests.waiting import nothing, until

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = float(os.environ.get("SECONDS", "3"))
OUTAGES = os.environ.get("OUTAGES", "redis:frozen,redis:stopped,s3:frozen,smtp:frozen").split(",")
CLIENTS, PAUSE = int(os.environ.get("CLIENTS", "6")), float(os.environ.get("PAUSE", "0.15"))
BOUND = 120  # seconds within which everything has caught up
NEEDS = {"redis": set(), "s3": {"upload"}, "smtp": set()}


@dataclass
class Company:
    """Web, worker and clock on services of their own, with traffic, a listener and somebody who is told things."""

    services: dict[str, Service]
    program: Receiver
    traffic: Traffic
    mailbox: Path
    heard: set[UUID] = field(default_factory=set)
    stale: list[str] = field(default_factory=list)

    def arrived(self) -> list[str]:
        said = StringIO()
        listed = ("mailbox", "--folder", str(self.mailbox), "--limit", "1000000", "--json")
        call_command(*listed, stdout=said, stderr=StringIO())
        return [mail["to"] for mail in json.loads(said.getvalue())["mails"]]

    def told(self) -> set[int]:
        """Return the events of which the program was told."""
        return {json.loads(body)["id"] for _, body in list(self.program.received)}


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    call_command("seed", "--scale", "20x40x160", stderr=StringIO())
    cars = [str(rentable_car(license_plate=f"OUT-{number}").pk) for number in range(8)]
    admin = UserFactory(role="admin")
    token = tokens.open_session(admin, now=timezone.now()).access
    webhooks.relay(now=timezone.now())
    first = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fleet-outages-")))
        folder.chmod(0o711)
        found = stack.enter_context(services.running(folder))
        program = stack.enter_context(receivers.running())
        listen(program, admin)
        more = {
            **found["s3"].server.variables,
            **found["smtp"].server.variables,
            "REDIS_URL": found["redis"].server.url,
            "FLEET_STREAM_BEAT": "5",
            "FLEET_TASK_GRACE": "2",
        }
        # No file of beat's: on a busy disk SQLite may refuse it ("locking protocol"), and nobody starts it again here.
        beat = ("-B", "--scheduler", "celery.beat:Scheduler", "--loglevel", "WARNING")
        stack.callback(lambda: print((tmp_path / "worker.log").read_text()[-20_000:]))  # noqa: T201
        stack.enter_context(running("worker", *WORKER, *beat, log=tmp_path / "worker.log", env=more))
        threads: list[threading.Thread] = []
        stack.callback(lambda: [thread.join() for thread in threads])  # streams end with the server
        served = Served(*stack.enter_context(serving("fleet.asgi", workers=1, threads=4, probe="/readyz", **more)))
        mailbox = Path(found["smtp"].server.variables["FLEET_MAILBOX"])
        one = Company(found, program, Traffic(served.port, token, cars, first), mailbox)
        threads += stack.enter_context(_beside(one, served, more)).threads
        yield one


class _beside:  # noqa: N801 - reads like a function
    """A person who listens to the bell, a process that tells her things, and somebody who looks for the past."""

    def __init__(self, company: Company, served: Served, env: dict[str, str]) -> None:
        self.company, self.served, self.ended = company, served, threading.Event()
        self.listener: User = UserFactory(role="agent")
        self.token = tokens.open_session(self.listener, now=timezone.now()).access
        self.announcer = talking("-m", "tests.faults.announcer", str(self.listener.pk), env=env)
        self.branch = Branch.objects.create(code="watched", name="N0")
        self.threads = [threading.Thread(target=one, daemon=True) for one in (self._listen, self._rename)]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *rest: Any) -> None:
        self.ended.set()
        slowest, _ = self.announcer.communicate(timeout=30)
        print(f"the slowest notice took {slowest.strip()} s")  # noqa: T201
        assert float(slowest) < 4  # nobody waits for Redis again and again

    def _listen(self) -> None:
        last: dict[str, str] = {}
        while not self.ended.is_set():
            try:
                with Listening(self.served, Authorization=f"Bearer {self.token}", **last) as stream:
                    while heard := stream.next():
                        self.company.heard.add(UUID(heard["id"]))
                        last = {"Last_Event_ID": max(heard["id"], last.get("Last_Event_ID", ""))}
            except OSError:
                time.sleep(0.5)

    def _rename(self) -> None:
        """Rename a branch and look at it, again and again: whoever was answered sees it."""
        client, path, number = Client(self.company.traffic), f"branches/{self.branch.pk}/", 0
        while not self.ended.wait(0.1):
            number += 1
            if not client.ask("rename", "PATCH", path, {"name": f"N{number}"}, **{"If-Match": "*"}):
                continue
            for _ in range(2):
                seen = client.ask("look", "GET", path).get("name")
                if seen != f"N{number}":
                    self.company.stale.append(f"saw {seen} after N{number} was answered")
        client.line.close()


def patiently(missing: Callable[[], str]) -> float:
    """Return after how many seconds nothing was missing; fail when it takes too many."""
    began = time.monotonic()
    nothing(missing, BOUND)
    return time.monotonic() - began


def test_nobody_is_refused_who_does_not_need_what_is_away_and_nothing_is_lost(company: Company) -> None:
    with flowing(company.traffic, clients=CLIENTS, pause=PAUSE):
        until(lambda: company.heard and company.traffic.invited, BOUND)
        _catch_up(company)
        began = time.monotonic()
        time.sleep(SECONDS)
        print(f"\nwith everything there: {told(company.traffic.between(began, time.monotonic()))}")  # noqa: T201
        for outage in OUTAGES:
            _endure(company, *outage.split(":"))
    assert not company.stale
    assert _kept(company) >= {file.key for file in File.objects.all()}
    caught_up = patiently(lambda: _missing(company))
    print(f"the last letter, call and notice {caught_up:.1f} s after the last request")  # noqa: T201


def _kept(company: Company) -> set[str]:
    """Return what lies in the bucket."""
    given = company.services["s3"].server.variables  # type: ignore[attr-defined]
    account = {"access_key": given["AWS_ACCESS_KEY_ID"], "secret_key": given["AWS_SECRET_ACCESS_KEY"]}
    place = {"bucket_name": given["FLEET_S3_BUCKET"], "endpoint_url": given["FLEET_S3_ENDPOINT"]}
    options = {**settings.STORAGES["default"]["OPTIONS"], **account, **place}
    return {one.key for one in PrivateStorage(**options).everything("files/")}


def _endure(company: Company, name: str, how: str) -> None:
    service, before = company.services[name], time.monotonic()
    service.take_away(how)
    time.sleep(SECONDS)
    service.give_back()
    after = time.monotonic()
    seconds = _catch_up(company)
    asked = company.traffic.between(before, after)
    print(f"\n{name} {how} for {SECONDS:.0f} s: {told(asked)}; caught up after {seconds:.1f} s")  # noqa: T201
    others = _judge(company.traffic.between(before, time.monotonic()), NEEDS[name])
    print(f"    without {', '.join(NEEDS[name]) or 'exception'}: {told(others)}")  # noqa: T201
    until(lambda: _works_again(company, after), BOUND)


def _catch_up(company: Company) -> float:
    """Wait until all that has happened by now has arrived, while more happens; return how long it took."""
    now = timezone.now()
    return patiently(lambda: _missing(company, now))


def _judge(asked: list[Answered], needs: set[str]) -> list[Answered]:
    """Return what did not need it, none of which failed; the rest was told when to come again."""
    others = [one for one in asked if one.kind not in needs]
    assert not [one for one in others if not 200 <= one.status < 300]
    assert not [one for one in asked if one.kind in needs and one.status not in (201, 503)]
    assert not [one for one in asked if one.status == 503 and not one.retry_after]
    return others


def _works_again(company: Company, since: float) -> bool:
    return any(one.kind == "upload" and one.status == 201 and one.began > since for one in company.traffic.answers)


def _missing(company: Company, by: datetime | None = None) -> str:
    """Say what has not arrived yet of what had happened by a moment; "" when nothing is missing."""
    then = by or timezone.now()
    letters = Email.objects.filter(created_at__lte=then)
    if late := list(letters.exclude(status="sent").values_list("created_at", "status", "attempts", "next_try_at")):
        return _some("letters are not sent", late)
    arrived = company.arrived()
    if by is None and sorted(arrived) != sorted(company.traffic.invited):
        return "not every letter that was promised is in the mailbox, once"
    if len(arrived) < letters.count():
        return "a letter is not in the mailbox"
    happened, told = Event.objects.filter(created_at__lte=then), company.told()
    if late := sorted(set(happened.filter(pk__gte=min(told, default=0)).values_list("pk", flat=True)) - told):
        calls = WebhookDelivery.objects.filter(event__in=late)
        return _some("events were not told to a program", late) + _some(
            "calls of it", list(calls.values_list("status", "attempts", "next_try_at", "last_error"))
        )
    notices = dict(Notification.objects.filter(created_at__lte=then).values_list("pk", "created_at"))
    if late := sorted(notices[pk] for pk in notices.keys() - company.heard):
        return _some("notices were not heard", late)
    if late := sorted({UUID(pk) for pk in list(company.traffic.booked)} - _booked()):
        return _some("bookings are not in the feed", late)
    return "" if WebhookDelivery.objects.exists() else "no program was called"


def _some(what: str, late: list[Any]) -> str:
    return f"{len(late)} {what}, from {late[:1]} to {late[-1:]}; "


def _booked() -> set[UUID]:
    return set(Event.objects.filter(type="contract.booked").values_list("subject_id", flat=True))
