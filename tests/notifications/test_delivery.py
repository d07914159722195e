"""Letters: queued with the change, sent once, tried again, given up in the end."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from fleet.local.process import free_port
from notifications import delivery, mail, tasks
from notifications.delivery import NotGivenUp
from notifications.models import Email
from notifications.models.email import MOST_TRIES
from tests.factories.accounts import UserFactory
from tests.notifications import sink as sinks
from tests.notifications.sink import Sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with sinks.running() as started:
        settings.MAILERS = started.mailers
        yield started


def letter(key: str = "one", to: str = "lejla@example.com") -> Email:
    context = {"name": "Lejla", "on": "1.12.2026", "items": [], "count": 0, "more": 0}
    mail.queue("digest", to=to, language="bs", context=context, key=key)
    return Email.objects.get(key=key)


def test_the_same_key_is_one_letter() -> None:
    letter()
    letter()

    assert Email.objects.count() == 1


def test_a_letter_of_a_rolled_back_change_was_never_written() -> None:
    with transaction.atomic():
        letter()
        transaction.set_rollback(True)

    assert not Email.objects.exists()


def test_an_unknown_template_is_a_mistake_of_ours() -> None:
    with pytest.raises(LookupError):
        mail.queue("nonsense", to="a@example.com", language="en", context={}, key="x")


def test_it_arrives_with_text_html_and_a_stable_id(sink: Sink) -> None:
    row = letter()

    assert delivery.deliver(now=timezone.now()).sent == 1

    [message] = sink.received
    assert message["Message-ID"] == f"<{row.pk.hex}@example.com>"
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]
    assert Email.objects.get().status == "sent"


def test_what_was_sent_is_not_sent_again(sink: Sink) -> None:
    letter()
    delivery.deliver(now=timezone.now())

    assert delivery.deliver(now=timezone.now() + timedelta(days=1)).sent == 0
    assert len(sink.received) == 1


def test_a_refused_address_waits_longer_each_time_and_is_given_up_after_eight_tries(sink: Sink) -> None:
    sink.refusing["*"] = "451 later"
    row, now, waits = letter(), timezone.now(), []

    for _ in range(MOST_TRIES):
        delivery.deliver(now=now)
        row.refresh_from_db()
        waits.append((row.next_try_at - now).total_seconds())
        now = row.next_try_at

    assert row.status == "failed"
    assert row.attempts == MOST_TRIES
    assert "451" in row.last_error
    assert all(later > 1.2 * sooner for sooner, later in pairwise(waits[:-1]))


def test_one_refused_address_does_not_hold_the_others_up(sink: Sink) -> None:
    sink.refusing["bad@example.com"] = "550 no such user"
    letter("a", "bad@example.com")
    letter("b")

    outcome = delivery.deliver(now=timezone.now())

    assert (outcome.sent, outcome.postponed) == (1, 1)


def test_a_server_that_is_away_costs_no_letter_a_try(settings: Settings) -> None:
    settings.MAILERS = Sink(free_port()).mailers
    row = letter()

    delivery.deliver(now=timezone.now())

    row.refresh_from_db()
    assert (row.status, row.attempts) == ("queued", 0)
    assert row.next_try_at > timezone.now()


def test_while_the_server_is_away_those_who_are_woken_do_not_wait_for_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tasks._silent, "until", 0.0)
    settings.MAILERS = Sink(free_port()).mailers
    letter()
    tasks.deliver_mail()
    Email.objects.update(next_try_at=(due := timezone.now()))

    assert tasks.deliver_mail() == 0

    assert Email.objects.get().next_try_at == due  # nobody has had it in hand


def test_what_a_dead_worker_had_in_hand_is_sent_by_another_and_counted(sink: Sink) -> None:
    first, second = letter("first"), letter("second")
    assert delivery.claim(10, now=timezone.now()) == [first, second]

    wait(delivery.lease() / 2)
    assert delivery.deliver(now=timezone.now()).sent == 0
    wait(delivery.lease())
    assert delivery.deliver(now=timezone.now()).sent == 2
    assert [row.repeats for row in Email.objects.order_by("id")] == [1, 0]


def test_a_lease_is_real_time_on_whatever_day_the_job_believes_to_be(sink: Sink) -> None:
    letter()
    far = timezone.now() + timedelta(days=400)
    delivery.claim(10, now=far)

    assert delivery.deliver(now=far + timedelta(days=1)).sent == 0
    wait(delivery.lease() * 2)
    assert delivery.deliver(now=timezone.now()).sent == 1


def test_a_letter_that_makes_the_server_hang_up_does_not_hold_the_others_up(sink: Sink) -> None:
    sink.refusing["bad@example.com"] = "421 closing"
    letter("a", "bad@example.com")
    letter("b")

    for run in range(3):
        delivery.deliver(now=timezone.now() + timedelta(seconds=40 * run))

    bad, good = Email.objects.order_by("id")
    assert (bad.status, bad.repeats, good.status, good.attempts) == ("queued", 0, "sent", 1)
    assert bad.attempts >= 2


def test_a_server_that_falls_silent_is_counted_as_perhaps_sent(sink: Sink, settings: Settings) -> None:
    settings.MAILERS["default"]["OPTIONS"]["timeout"] = 0.3
    sink.silent_for = 1
    letter()

    assert delivery.deliver(now=timezone.now()).postponed == 1
    assert Email.objects.get().repeats == 1


def test_a_letter_that_was_given_up_can_be_sent_again(sink: Sink) -> None:
    row = letter()
    Email.objects.update(status="failed", attempts=MOST_TRIES)

    delivery.retry(row.pk, by=manager(), now=timezone.now())

    assert delivery.deliver(now=timezone.now()).sent == 1
    with pytest.raises(NotGivenUp):
        delivery.retry(row.pk, by=manager(), now=timezone.now())


def manager() -> User:
    return User.objects.filter(groups__name="manager").first() or UserFactory(role="manager")


def wait(time: timedelta) -> None:
    """Let so much time pass for what is in hand; the database's clock does not move for us."""
    Email.objects.filter(status="sending").update(claimed_at=F("claimed_at") - time)
