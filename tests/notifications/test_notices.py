"""One's own notices, in the API and in the bell."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications import notices
from notifications.models import Notification
from tests.factories.accounts import UserFactory, client_of

pytestmark = pytest.mark.django_db
PATH = "/api/v1/notifications/"


def told(user: User, count: int = 1, **options: object) -> list[Notification]:
    for number in range(count):
        notices.notify([user], "car_grounded", title=f"Brakes {number}", key=f"k{number}", about=user, **options)  # type: ignore[arg-type]
    return list(Notification.objects.of(user))


def test_a_list_holds_only_ones_own() -> None:
    mine, yours = UserFactory(role="agent"), UserFactory(role="agent")
    told(mine, 2)
    [foreign] = told(yours)

    answer = client_of(mine).get(PATH)

    assert [one["title"] for one in answer.json()["data"]] == ["Brakes 1", "Brakes 0"]
    assert client_of(mine).get(f"{PATH}{foreign.pk}/").status_code == 404
    assert client_of(mine).post(f"{PATH}{foreign.pk}/seen/").status_code == 404


def test_the_same_thing_is_told_once() -> None:
    user = UserFactory(role="agent")
    told(user)
    told(user)

    assert Notification.objects.count() == 1


def test_unread_is_counted_and_seen_is_seen() -> None:
    user = UserFactory(role="mechanic")
    first = told(user, 3)[0]
    api = client_of(user)

    assert api.get(f"{PATH}unread-count/").json() == {"unread": 3, "latest": str(first.pk)}
    assert api.post(f"{PATH}{first.pk}/seen/").json()["seen_at"]
    assert api.get(PATH, {"unread": "true"}).json()["data"][0]["title"] == "Brakes 1"
    assert api.post(f"{PATH}seen-all/").json() == {"seen": 2}
    assert api.get(f"{PATH}unread-count/").json() == {"unread": 0, "latest": None}


def test_a_poll_costs_a_304_until_something_is_new() -> None:
    user = UserFactory(role="agent")
    told(user)
    api = client_of(user)
    tag = api.get(f"{PATH}unread-count/")["ETag"]

    assert api.get(f"{PATH}unread-count/", headers={"If-None-Match": tag}).status_code == 304
    told(user, 2)
    assert api.get(f"{PATH}unread-count/", headers={"If-None-Match": tag}).status_code == 200


def test_a_notice_of_a_rolled_back_change_was_never_written() -> None:
    with transaction.atomic():
        told(UserFactory(role="agent"))
        transaction.set_rollback(True)

    assert not Notification.objects.exists()


def test_an_unknown_kind_is_a_mistake_of_ours() -> None:
    with pytest.raises(LookupError):
        notices.notify([], "nonsense", title="x", key="x")


def test_opening_one_in_the_admin_marks_it_and_leads_to_what_it_is_about() -> None:
    user = UserFactory(role="admin")
    [notice] = told(user)
    browser = Client()
    browser.force_login(user)

    answer = browser.get(reverse("admin:notice", args=[notice.pk]))

    assert answer["Location"] == reverse("admin:accounts_user_change", args=[user.pk])
    assert Notification.objects.get().seen_at


def test_the_bell_polls_cheaply(django_assert_max_num_queries: object) -> None:
    user = UserFactory(role="agent")
    told(user)
    browser = Client()
    browser.force_login(user)
    answer = browser.get(reverse("admin:notices_unread"))

    assert answer.json()["unread"] == 1
    again = browser.get(reverse("admin:notices_unread"), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_page_shows_them_and_marks_all() -> None:
    user = UserFactory(role="viewer")
    told(user)
    browser = Client()
    browser.force_login(user)

    assert "Brakes 0" in browser.get(reverse("admin:notices")).content.decode()
    browser.post(reverse("admin:notices_seen"))
    assert notices.waiting(user)["unread"] == 0
