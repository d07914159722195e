"""The live bell: one's own notices, at once, none lost, until the credential ends."""

import json
import signal
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from types import TracebackType
from typing import Any, Self

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_redis import get_redis_connection

from accounts import tokens
from accounts.models import User
from fleet.bench.server import serving
from notifications import notices
from notifications.models import Notification
from tests.door.conftest import Served
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
API, ADMIN = "/api/v1/notifications/stream/", "/admin/notices/stream/"


@pytest.fixture
def served() -> Iterator[Served]:
    with serving("fleet.asgi", workers=1, threads=2, probe="/readyz", FLEET_STREAM_BEAT="2") as found:
        yield Served(*found)


class Listening:
    """A client of the stream, reading event by event."""

    def __init__(self, served: Served, path: str = API, **headers: str) -> None:
        self.line = HTTPConnection("127.0.0.1", served.port, timeout=20)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.line.request("GET", path, headers={"Accept": "text/event-stream", **sent})
        self.answer = self.line.getresponse()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.answer.close()
        self.line.close()

    def next(self, name: str = "notice") -> dict[str, Any] | None:
        """Return the data of the next event of this name; None when the stream ends."""
        event: dict[str, str] = {}
        while line := self.answer.readline():
            key, _, value = line.decode().rstrip("\n").partition(": ")
            if key:
                event[key] = value
            elif event.get("event") == name:
                return {**json.loads(event["data"]), "event_id": event.get("id")}
            else:
                event = {}
        return None


def bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.open_session(user, now=timezone.now()).access}"}


def tell(user: User, title: str) -> None:
    with transaction.atomic():
        notices.notify([user], "insurance_due", title=title, key=f"{title}-{time.time_ns()}")


def test_a_notice_arrives_at_once_and_only_at_its_reader(served: Served) -> None:
    amra, boris = UserFactory(role="agent"), UserFactory(role="agent")
    with Listening(served, **bearer(amra)) as hers, Listening(served, **bearer(boris)) as his:
        assert hers.next("hello") == {"unread": 0, "latest": None, "event_id": None}
        his.next("hello")
        began = time.monotonic()
        tell(boris, "for Boris")
        tell(amra, "for Amra")
        heard, his_own = hers.next(), his.next()
    assert heard
    assert his_own
    assert (heard["title"], his_own["title"]) == ("for Amra", "for Boris")
    assert heard["event_id"] == heard["id"]
    assert time.monotonic() - began < 1


def test_who_comes_back_gets_what_he_missed(served: Served) -> None:
    user = UserFactory(role="agent")
    tell(user, "first")
    first = Notification.objects.get()
    Notification.objects.update(created_at=timezone.now())
    tell(user, "second")
    with Listening(served, **bearer(user), Last_Event_ID=str(first.pk)) as stream:
        heard = stream.next()
    assert heard
    assert heard["title"] == "second"


def test_the_browser_of_the_admin_listens_with_its_session(served: Served) -> None:
    user = UserFactory(role="agent")
    client = Client()
    client.force_login(user)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    with Listening(served, ADMIN, Cookie=cookie) as stream:
        stream.next("hello")
        tell(user, "ring")
        heard = stream.next()
    assert heard
    assert heard["title"] == "ring"


def test_nobody_listens_without_a_credential(served: Served) -> None:
    with Listening(served) as stream:
        assert stream.answer.status == 401
    with Listening(served, ADMIN) as stream:
        assert stream.answer.status in (302, 403)


def test_who_does_not_want_a_stream_gets_json(served: Served) -> None:
    user = UserFactory(role="agent")
    answer, body = served.get(API, **bearer(user))
    assert (answer.status, json.loads(body)["missed"]) == (200, [])


def test_a_stream_ends_with_its_credential(served: Served) -> None:
    user = UserFactory(role="agent")
    with Listening(served, **bearer(user)) as stream:
        stream.next("hello")
        tokens.revoke_all(user, now=timezone.now(), reason="test")
        assert stream.next() is None


def test_when_the_worker_goes_its_streams_end_and_the_next_one_goes_on(served: Served) -> None:
    user = UserFactory(role="agent")
    credential = bearer(user)
    with Listening(served, **credential) as stream:
        stream.next("hello")
        tell(user, "before")
        heard = stream.next()
        served.child.process.send_signal(signal.SIGHUP)
        assert stream.next() is None
    tell(user, "between")
    assert heard
    with Listening(served, **credential, Last_Event_ID=heard["id"]) as stream:
        assert (stream.next() or {})["title"] == "between"


def test_what_is_said_while_redis_does_not_listen_comes_when_it_does(served: Served) -> None:
    user = UserFactory(role="agent")
    with Listening(served, **bearer(user)) as stream:
        stream.next("hello")
        get_redis_connection("default").execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        tell(user, "into the gap")
        assert (stream.next() or {})["title"] == "into the gap"
