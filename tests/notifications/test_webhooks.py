"""Programs are told what happened: signed, once per event, again when they were away, and only what is theirs."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from customers import flags
from notifications import outside, signing, tasks, webhooks
from notifications.models import Email, Event, Notification, WebhookDelivery, WebhookEndpoint, WebhookProgress
from notifications.webhooks import StillUnderWay
from tests.factories.accounts import UserFactory, client_as
from tests.factories.customers import CustomerFactory
from tests.notifications import receiver as receivers
from tests.notifications.receiver import Receiver

pytestmark = pytest.mark.django_db
URL = "/api/v1/webhooks/"
LOG = "/api/v1/webhook-deliveries/"


@pytest.fixture
def program() -> Iterator[Receiver]:
    with receivers.running() as started:
        yield started


@pytest.fixture
def integrator() -> APIClient:
    return client_as("integrator")


def something_happens(by: User | None = None) -> Event:
    """Raise a flag on a customer whom `by` has created."""
    customer = CustomerFactory(created_by=by)
    flags.raise_flag(customer.pk, kind="vip", reason="Known.", by=UserFactory(role="manager"))
    return Event.objects.get(subject_id=customer.pk)


@pytest.fixture(autouse=True)
def _begun() -> None:
    """Begin at the end of the feed, where another test has emptied the tables."""
    webhooks.relay(now=timezone.now())


def listen(program: Receiver, user: User | None = None, **fields: Any) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(user=user or UserFactory(role="admin"), url=program.url, **fields)


def tell() -> int:
    return tasks.call_webhooks()


def later(delivery: WebhookDelivery) -> int:
    return webhooks.deliver(now=delivery.next_try_at + timedelta(seconds=1))


def verified(endpoint: WebhookEndpoint, message: tuple[dict[str, str], bytes], secret: str) -> bool:
    """Check a signature as its receiver does, by the words of standardwebhooks.com."""
    headers, body = message
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{right}" in headers["webhook-signature"].split(" ")


def test_what_happens_is_told_once_and_signed(program: Receiver) -> None:
    endpoint, event = listen(program), something_happens()

    assert tell() == 1
    assert tell() == 0
    [(headers, body)] = program.received
    assert verified(endpoint, (headers, body), signing.secret(endpoint))
    assert json.loads(body)["data"] == {"object": "customers.customer", "id": str(event.subject_id)}
    assert WebhookDelivery.objects.get().status == "delivered"


def test_only_the_types_that_were_asked_for(program: Receiver) -> None:
    listen(program, types=["contract.confirmed"])
    something_happens()

    assert tell() == 0
    assert not WebhookDelivery.objects.exists()


def test_an_integrator_is_told_of_what_it_created_and_of_nothing_else(program: Receiver) -> None:
    user = UserFactory(role="integrator")
    listen(program, user)
    something_happens()
    own = something_happens(by=user)

    assert tell() == 1
    assert [json.loads(body)["id"] for _, body in program.received] == [own.pk]


def test_a_program_that_fails_is_tried_again_with_the_same_id(program: Receiver) -> None:
    listen(program)
    something_happens()
    program.status = 503

    assert tell() == 0
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.answer, delivery.last_error) == ("waiting", 503, "answered 503")
    program.status = 200
    assert later(delivery) == 1
    assert len({headers["webhook-id"] for headers, _ in program.received}) == 1
    assert WebhookEndpoint.objects.get().failing_since is None


def test_it_is_given_up_after_ten_tries_and_three_days_and_can_be_sent_again(program: Receiver) -> None:
    listen(program)
    something_happens()
    program.status = 500
    tell()
    first = WebhookDelivery.objects.get().next_try_at
    while (delivery := WebhookDelivery.objects.get()).status == "waiting":
        WebhookDelivery.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
        webhooks.deliver(now=timezone.now())

    assert first - timezone.now() < timedelta(seconds=6)
    assert sum(webhooks.WAITS, timedelta()) > timedelta(hours=70)
    assert (delivery.status, delivery.attempts) == ("failed", 10)
    program.status = 200
    webhooks.send_again(delivery.pk, by=UserFactory(role="admin"), now=timezone.now())
    assert tell() == 1


def test_a_delivery_under_way_cannot_be_sent_again(program: Receiver) -> None:
    listen(program)
    something_happens()
    webhooks.relay(now=timezone.now())

    with pytest.raises(StillUnderWay):
        webhooks.send_again(WebhookDelivery.objects.get().pk, by=UserFactory(role="admin"), now=timezone.now())


def test_a_redirect_is_not_followed(program: Receiver) -> None:
    listen(program)
    something_happens()
    program.status = 302

    assert tell() == 0
    assert len(program.received) == 1


def test_who_says_gone_is_left_alone_and_the_owner_is_told(program: Receiver) -> None:
    owner = UserFactory(role="admin")
    endpoint = listen(program, owner)
    something_happens()
    program.status = 410
    tell()

    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.disabled_reason) == (False, "It answered 410 Gone.")
    assert Notification.objects.filter(user=owner, kind="system").exists()
    letter = Email.objects.get(to=owner.email)
    assert (letter.template, letter.context["url"]) == ("webhook_off", program.url)
    assert webhooks.switch_on(endpoint.pk, by=owner).is_active


def test_five_days_of_failures_switch_it_off(program: Receiver) -> None:
    endpoint = listen(program, failing_since=timezone.now() - timedelta(days=5, minutes=1))
    something_happens()
    program.status = 500
    tell()

    endpoint.refresh_from_db()
    assert not endpoint.is_active


def test_a_program_that_is_slow_is_not_waited_for_longer_than_agreed(program: Receiver) -> None:
    program.silent_for = 2

    answer = outside.post(program.url, b"{}", {}, patience=0.3)

    assert (answer.status, answer.error) == (None, "no answer in 0.3 s")
    assert answer.milliseconds < 1500


def test_a_program_that_drips_over_tls_is_not_waited_for_either(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "chain.pem"))
    with receivers.dripping(tmp_path) as port:
        answer = outside.post(f"https://127.0.0.1:{port}/", b"{}", {}, patience=1)

    assert (answer.status, answer.error) == (None, "no answer in 1 s")
    assert answer.milliseconds < 8_000  # it drips for ten seconds


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
        "[fd00::1]",
        "[fec0::1]",
        "[::10.0.0.1]",
        "[2002:a00:1::]",
        "0.0.0.0",  # noqa: S104
    ],
)
def test_nobody_leads_us_into_our_own_network(settings: Settings, host: str, integrator: APIClient) -> None:
    settings.WEBHOOKS_TO_PRIVATE = False

    assert integrator.post(URL, {"url": f"https://{host}/hook"}).status_code == 422
    assert outside.post(f"https://{host}:1/", b"{}", {}).error == "the address is not on the public internet"


def test_a_name_that_leads_into_our_own_network_is_refused_when_we_would_connect(
    settings: Settings, program: Receiver
) -> None:
    settings.WEBHOOKS_TO_PRIVATE = False

    answer = outside.post(program.url.replace("127.0.0.1", "localhost"), b"{}", {})

    assert answer.error == "the address is not on the public internet"
    assert program.received == []


def test_the_secret_is_shown_once_and_after_a_roll_both_sign_for_a_day(
    integrator: APIClient, program: Receiver
) -> None:
    made = integrator.post(URL, {"url": program.url}).json()
    assert "secret" not in integrator.get(f"{URL}{made['id']}/").json()
    rolled = integrator.post(f"{URL}{made['id']}/roll/").json()
    endpoint = WebhookEndpoint.objects.get()
    something_happens(by=integrator.user)  # type: ignore[attr-defined]
    tell()

    [message] = program.received
    assert made["secret"] != rolled["secret"]
    assert verified(endpoint, message, made["secret"])
    assert verified(endpoint, message, rolled["secret"])
    tomorrow = timezone.now() + timedelta(days=1, minutes=1)
    assert " " not in signing.headers(endpoint, "msg_1", b"{}", now=tomorrow)["webhook-signature"]


def test_integrators_see_their_own_webhooks_only(integrator: APIClient, program: Receiver) -> None:
    listen(program)
    something_happens()
    tell()

    assert integrator.get(URL).json()["data"] == []
    assert integrator.get(LOG).json()["data"] == []
    assert client_as("agent").get(URL).status_code == 403


def test_a_delivery_can_be_sent_again_through_the_api(program: Receiver) -> None:
    admin = client_as("admin")
    listen(program, admin.user)  # type: ignore[attr-defined]
    something_happens()
    tell()
    [row] = admin.get(f"{LOG}?status=delivered").json()["data"]

    assert admin.post(f"{LOG}{row['id']}/send-again/").json()["status"] == "waiting"
    tell()
    assert len({headers["webhook-id"] for headers, _ in program.received}) == 1
    assert len(program.received) == 2


def test_a_worker_that_died_leaves_its_deliveries_to_the_next(program: Receiver) -> None:
    listen(program)
    something_happens()
    webhooks.relay(now=timezone.now())
    assert len(webhooks._claim(timezone.now())) == 1

    assert webhooks.deliver(now=timezone.now()) == 0
    WebhookDelivery.objects.update(claimed_at=F("claimed_at") - timedelta(minutes=2))
    assert webhooks.deliver(now=timezone.now()) == 1


def test_the_command_tells_too(program: Receiver) -> None:
    listen(program)
    something_happens()

    call_command("call_webhooks")
    assert len(program.received) == 1


def test_events_from_another_cluster_come_before_all_that_is_new(program: Receiver) -> None:
    listen(program)
    restored = something_happens()
    Event.objects.filter(pk=restored.pk).update(written_in=2**62)
    WebhookProgress.objects.update(written_in=2**62, event_id=restored.pk - 1)

    assert tell() == 1
    Event.objects.get(pk=restored.pk, written_in=0)
    fresh = something_happens()
    assert tell() == 1
    assert json.loads(program.received[-1][1])["id"] == fresh.pk
    with transaction.atomic():
        assert WebhookProgress.objects.get().event_id == fresh.pk
