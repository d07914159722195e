"""What the predecessor's people were told, and by which way."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import links
from accounts.models import User
from contracts import messages
from fleet.local.process import free_port
from notifications import delivery, notices
from notifications.models import Email, Notification
from tests.factories import contracts as given
from tests.factories.accounts import UserFactory, client_as, client_of
from tests.factories.contracts import END, NOW
from tests.notifications import sink as sinks

pytestmark = pytest.mark.django_db
PATH = "/api/v1/notifications/"


@pytest.fixture
def agent() -> User:
    user = UserFactory(role="agent")
    for number in (1, 2, 3):
        with transaction.atomic():
            notices.notify([user], "insurance_due", title=f"Insurance {number}", key=f"due:{number}")
    return user


def delivered(settings: Any, now: Any = None) -> list[Any]:
    """Send what waits over a socket and return what arrived there."""
    with sinks.running(free_port()) as sink:
        settings.MAILERS = sink.mailers
        delivery.deliver(now=now or timezone.now())
        return sink.received


def text(letter: Any) -> str:
    return str(letter.get_body(("plain",)).get_content())


# Notifications


def test_list_and_recent(agent: User) -> None:
    answer = client_of(agent).get(PATH, {"limit": 2}).json()

    assert [one["title"] for one in answer["data"]] == ["Insurance 3", "Insurance 2"]
    assert answer["has_more"] is True


def test_unread_and_count(agent: User) -> None:
    api = client_of(agent)

    assert api.get(f"{PATH}unread-count/").json()["unread"] == 3
    assert len(api.get(PATH, {"unread": "true"}).json()["data"]) == 3


def test_seen_and_seen_all(agent: User) -> None:
    api, first = client_of(agent), Notification.objects.earliest("id")

    assert api.post(f"{PATH}{first.pk}/seen/").json()["seen_at"]
    assert api.post(f"{PATH}seen-all/").json() == {"seen": 2}
    assert api.get(f"{PATH}unread-count/").json() == {"unread": 0, "latest": None}


def test_live_delivery_catches_up_for_who_was_away(agent: User) -> None:
    """The stream itself runs in the ASGI door: tests/door/test_bell.py listens to it."""
    first = Notification.objects.earliest("id")

    missed = client_of(agent).get(f"{PATH}stream/", headers={"Last-Event-ID": str(first.pk)}).json()["missed"]

    assert [one["title"] for one in missed] == ["Insurance 2", "Insurance 3"]


def test_sockets_are_no_longer_open_to_everybody() -> None:
    assert APIClient().get(f"{PATH}stream/").status_code == 401


# E-mails


def test_credentials_are_an_invitation_and_never_a_password(settings: Any) -> None:
    user = UserFactory(role="agent", password="!")

    client_as("admin").post(f"/api/v1/users/{user.pk}/invite/")

    [letter] = delivered(settings)
    assert letter["To"] == user.email
    assert "/admin/open/" in text(letter) or re.search(r"https?://\S+", text(letter))
    assert "password:" not in text(letter).lower()


def test_password_reset_is_a_link_that_works_once(settings: Any) -> None:
    user = UserFactory(role="agent")

    APIClient().post("/api/v1/auth/password/reset/", {"email": user.email})
    [letter] = delivered(settings)
    found = re.search(r"https?://\S+", text(letter))
    assert found
    token = found[0].rstrip("/").rsplit("/", 1)[1]
    answers = [
        APIClient().post(
            "/api/v1/auth/password/reset/confirm/", {"token": token, "new_password": "a long new passphrase"}
        )
        for _ in range(2)
    ]

    assert [one.status_code for one in answers] == [204, 410]


@pytest.mark.parametrize(("language", "word"), [("en", "Pick-up"), ("bs", "Preuzimanje")])
def test_booking_confirmed(language: str, word: str, settings: Any) -> None:
    customer = given.driver(email="lejla@example.com", language=language)
    contract = given.confirmed(by=given.manager(), customer=customer)

    [letter] = delivered(settings)

    assert contract.reference in letter["Subject"]
    assert word in text(letter)
    assert {part.get_content_type() for part in letter.walk()} >= {"text/plain", "text/html"}


def test_pick_up_tomorrow(settings: Any) -> None:
    given.confirmed(by=given.manager(), customer=given.driver(email="lejla@example.com"))
    Email.objects.all().delete()

    assert messages.pick_ups_tomorrow(on=timezone.localdate(NOW)) == 1
    assert len(delivered(settings)) == 1


def test_receipt_at_return(settings: Any) -> None:
    by = given.manager()
    contract = given.paid(given.returned(by=by, customer=given.driver(email="lejla@example.com")), by=by)
    Email.objects.all().delete()

    given.lifecycle.settle(contract.pk, by=by, now=END, release_deposit=True)

    [letter] = delivered(settings)
    assert f"{contract.total}" in text(letter)


def test_a_letter_that_nobody_takes_is_kept_and_tried_again(settings: Any) -> None:
    given.confirmed(by=given.manager(), customer=given.driver(email="lejla@example.com"))
    with sinks.running(free_port()) as sink:
        sink.refusing["*"] = "451 later"
        settings.MAILERS = sink.mailers
        delivery.deliver(now=timezone.now())

    waits = Email.objects.get()
    assert (waits.status, waits.attempts) == ("queued", 1)
    assert len(delivered(settings, now=timezone.now() + timedelta(days=1))) == 1


def test_no_password_is_mailed_or_logged(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    user, secret = UserFactory(role="agent"), "correct horse battery staple 7"
    token = links.make("password_reset", user, now=timezone.now())

    APIClient().post("/api/v1/auth/password/reset/confirm/", {"token": token, "new_password": secret})

    assert User.objects.get(pk=user.pk).check_password(secret)
    assert secret not in caplog.text
    assert secret not in "".join(text(one) for one in delivered(settings))
