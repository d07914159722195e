"""The bell in the header of every page, and the answer that it polls for."""

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from notifications import notices
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
UNREAD = "/admin/notices/unread/"


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_every_page_of_the_admin_has_the_bell_and_a_window_that_pops_up_has_none() -> None:
    agent = logged_in(UserFactory(role="agent"))

    assert b'id="fleet-bell"' in agent.get("/admin/contracts/contract/").content
    assert b"fleet/js/bell" in agent.get("/admin/contracts/contract/").content
    assert b'id="fleet-bell"' not in agent.get("/admin/customers/customer/add/?_popup=1").content


def test_a_poll_that_finds_nothing_new_is_a_304() -> None:
    user = UserFactory(role="agent")
    client = logged_in(user)
    first = client.get(UNREAD)

    assert first.json() == {"unread": 0, "latest": None}
    assert client.get(UNREAD, headers={"If-None-Match": first["ETag"]}).status_code == 304
    with transaction.atomic():
        notices.notify([user], "system", title="Hello", key="hello")
    assert client.get(UNREAD, headers={"If-None-Match": first["ETag"]}).json()["unread"] == 1


def test_who_is_logged_out_is_led_away_and_told_nothing() -> None:
    assert Client().get(UNREAD).status_code == 302
