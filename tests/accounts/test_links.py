"""Invitations and forgotten passwords: a link by mail that opens the account once, and tells strangers nothing."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import links, lockout, people
from accounts.errors import LinkRefused
from accounts.models import BrowserSession, User
from fleet.errors import Invalid
from notifications import delivery
from notifications.models import Email
from tests.factories.accounts import UserFactory, client_as, client_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
NEW = "an entirely new one"
RESET = "/api/v1/auth/password/reset/"


def token_for(user: User, kind: str = "password_reset", *, now: Any = NOW) -> str:
    return links.make(kind, user, now=now)


def refused(token: str, *, now: Any = NOW) -> bool:
    try:
        links.owner(token, now=now)
    except LinkRefused:
        return True
    return False


def queued() -> list[tuple[str, str]]:
    """Return (template, whose account) of every letter that waits."""
    return [(one.template, one.context["user"]) for one in Email.objects.order_by("id")]


def test_a_link_works_once_and_sets_the_password() -> None:
    user = UserFactory(role="agent")
    token = token_for(user)

    links.use(token, NEW, now=NOW)

    assert User.objects.get(pk=user.pk).check_password(NEW)
    assert refused(token)


@pytest.mark.parametrize(("kind", "lives"), [("password_reset", timedelta(hours=1)), ("invitation", timedelta(days=3))])
def test_a_link_ends_with_its_time(kind: str, lives: timedelta) -> None:
    token = token_for(UserFactory(role="agent"), kind, now=NOW.replace(microsecond=0))
    ends = NOW.replace(microsecond=0) + lives

    assert not refused(token, now=ends - timedelta(seconds=1))
    assert refused(token, now=ends)


@pytest.mark.parametrize("change", [{"email": "new@fleet.test"}, {"is_active": False}, {"is_staff": False}])
def test_a_link_ends_with_what_it_was_sent_for(change: dict[str, Any]) -> None:
    user = UserFactory(role="agent")
    token = token_for(user)
    User.objects.filter(pk=user.pk).update(**change)

    assert refused(token)


def test_a_changed_password_ends_all_links() -> None:
    user = UserFactory(role="agent")
    tokens = [token_for(user), token_for(user, "invitation")]

    people.set_password(user, NEW, by=user, now=NOW)

    assert [refused(token) for token in tokens] == [True, True]


@pytest.mark.parametrize("token", ["", "x", "a:b", "💥", "\x00", "x" * 5000])
def test_what_is_no_link_is_refused(token: str) -> None:
    assert refused(token)


def test_a_link_of_one_cannot_be_turned_into_one_of_another() -> None:
    one, other = UserFactory(role="agent"), UserFactory(role="admin")
    payload, signature = token_for(one).rsplit(":", 1)

    assert refused(f"{token_for(other).rsplit(':', 1)[0]}:{signature}")
    assert refused(payload)


def test_a_used_link_ends_all_log_ins_and_the_lock() -> None:
    user, browser = UserFactory(role="agent"), Client()
    browser.force_login(user)
    program = client_of(user)
    for _ in range(5):
        APIClient().post("/api/v1/auth/token/", {"username": user.username, "password": "x"})

    links.use(token_for(user), NEW, now=NOW)

    assert browser.get(reverse("admin:index")).status_code == 302
    assert program.get("/api/v1/auth/me/").status_code == 401
    assert not BrowserSession.objects.filter(user=user).exists()
    assert not lockout.is_locked(user.username, now=NOW)


def test_a_weak_password_says_what_is_missing_and_leaves_the_link_usable() -> None:
    token = token_for(UserFactory(role="agent"))

    with pytest.raises(Invalid, match="at least 12 characters"):
        links.use(token, "short", now=NOW)

    assert not refused(token)


def test_the_answer_is_the_same_whether_there_is_such_an_account(
    django_capture_on_commit_callbacks: Any,
) -> None:
    user, program = UserFactory(role="agent"), UserFactory(role="integrator")
    with django_capture_on_commit_callbacks(execute=True):
        answers = [
            APIClient().post(RESET, {"email": one}) for one in (user.email.upper(), "no@body.test", program.email)
        ]

    assert {(one.status_code, one.content) for one in answers} == {(202, b"")}
    assert queued() == [("password_reset", str(user.pk))]


def test_asking_twice_sends_one_letter(django_capture_on_commit_callbacks: Any) -> None:
    user = UserFactory(role="agent")
    with django_capture_on_commit_callbacks(execute=True):
        for seconds in (0, 1, 301):
            links.forgotten(user.email, now=NOW.replace(minute=0, second=0) + timedelta(seconds=seconds))

    assert len(queued()) == 2


def test_asking_for_links_is_limited_by_address(settings: Settings) -> None:
    settings.FLEET_RATES = {**settings.FLEET_RATES, "reset": "2/15m"}
    answers = [APIClient().post(RESET, {"email": f"a{number}@b.test"}).status_code for number in range(3)]
    page = Client().post(reverse("admin:admin_password_reset"), {"email": "a@b.test"}).content.decode()

    assert answers == [202, 202, 429]
    assert "Too many requests" in page


def test_the_api_sets_the_password_and_refuses_a_used_link() -> None:
    user = UserFactory(role="agent")
    body = {"token": token_for(user, now=timezone.now()), "new_password": NEW}

    answers = [APIClient().post(f"{RESET}confirm/", body) for _ in range(2)]

    assert [one.status_code for one in answers] == [204, 410]
    assert answers[1].json()["code"] == "link_invalid"


def test_an_administrator_invites_and_the_letter_holds_the_link(
    mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    user = UserFactory(role="agent", password="!")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_as("admin").post(f"/api/v1/users/{user.pk}/invite/")
    delivery.deliver(now=timezone.now())

    (letter,) = mailoutbox
    link = re.search(r"http://\S+", letter.body)
    assert (answer.status_code, letter.to, queued()[0][0]) == (200, [user.email], "invitation")
    assert link is not None
    assert links.owner(link[0].rstrip("/").rsplit("/", 1)[1], now=timezone.now()) == user
    assert "password" not in str(list(Email.objects.values()))


@pytest.mark.parametrize("fields", [{"email": ""}, {"is_active": False}, {"role": "integrator"}])
def test_who_cannot_log_in_is_not_invited(fields: dict[str, Any]) -> None:
    user = UserFactory(**{"role": "agent", **fields})

    answer = client_as("admin").post(f"/api/v1/users/{user.pk}/invite/")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_invitation")


def test_the_letter_is_in_the_language_of_its_reader(mailoutbox: list[Any]) -> None:
    user = UserFactory(role="agent", language="bs")

    links.forgotten(user.email, now=timezone.now())
    delivery.deliver(now=timezone.now())

    assert mailoutbox[0].subject
    assert "\n" not in mailoutbox[0].subject


def test_the_pages_lead_from_the_link_to_the_log_in() -> None:
    user, client = UserFactory(role="agent"), Client()
    link = links.address("password_reset", user.pk, now=timezone.now()).removeprefix("http://testserver")
    new = reverse("admin:password_new")
    assert client.get(link)["Location"] == new  # and once more: mail programs look at links too
    assert client.get(link)["Location"] == new

    weak = client.post(new, {"new_password": "short", "again": "short"}).content.decode()
    differ = client.post(new, {"new_password": NEW, "again": "x"}).content.decode()
    done = client.post(new, {"new_password": NEW, "again": NEW}, follow=True)

    assert ("at least 12 characters" in weak, "The two passwords differ" in differ) == (True, True)
    assert "The password is set" in done.content.decode()
    assert User.objects.get(pk=user.pk).check_password(NEW)
    assert (client.get(link).status_code, client.get(new).status_code) == (410, 410)


def test_the_log_in_page_leads_to_the_forgotten_password() -> None:
    page = Client().get(reverse("admin:login")).content.decode()

    assert reverse("admin:admin_password_reset") in page


def test_the_page_for_a_forgotten_password_tells_nothing_either() -> None:
    user, page = UserFactory(role="agent"), reverse("admin:admin_password_reset")
    texts = [
        re.sub(r"(value|nonce)=\"[^\"]*\"", "", Client().post(page, {"email": one}).content.decode())
        for one in (user.email, "no@body.test")
    ]

    assert texts[0] == texts[1]
    assert "is on its way" in texts[0]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_one_link_at_once_one_wins() -> None:
    token = token_for(UserFactory(role="agent"))

    def attempt(number: int) -> str:
        try:
            links.use(token, f"{NEW} {number}", now=NOW)
        except LinkRefused:
            return "refused"
        finally:
            connections.close_all()
        return "won"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["refused"] * 3 + ["won"]
