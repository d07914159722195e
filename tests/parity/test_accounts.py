"""What the predecessor's people could do with accounts, row by row of the list; here it is, and safer."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from rest_framework.test import APIClient

from accounts import factors, links
from accounts.models import User
from notifications import delivery
from tests.factories.accounts import PASSWORD, UserFactory, client_as, client_of

pytestmark = pytest.mark.django_db
AUTH = "/api/v1/auth"
USERS = "/api/v1/users/"


def log_in(user: User, password: str = PASSWORD) -> Any:
    return APIClient().post(f"{AUTH}/token/", {"username": user.username, "password": password})


def bearing(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_login_session_check_refresh_logout() -> None:
    first = log_in(UserFactory(role="agent")).json()
    second = APIClient().post(f"{AUTH}/token/refresh/", {"refresh": first["refresh"]}).json()
    me = bearing(second["access"]).get(f"{AUTH}/me/")
    out = APIClient().post(f"{AUTH}/token/revoke/", {"refresh": second["refresh"]})

    assert (me.status_code, me.json()["roles"], out.status_code) == (200, ["agent"], 204)
    assert bearing(second["access"]).get(f"{AUTH}/me/").status_code == 401


@pytest.mark.parametrize("path", ["auth/register/", "users/", "auth/signup/"])
def test_no_public_registration(path: str) -> None:
    answer = APIClient().post(f"/api/v1/{path}", {"username": "stranger", "password": PASSWORD, "roles": ["admin"]})

    assert answer.status_code in (401, 404)
    assert not User.objects.filter(username="stranger").exists()


def test_admin_login_with_second_factor() -> None:
    user, client = UserFactory(role="agent"), Client()
    device = factors.begin(user, now=timezone.now())
    factors.confirm(user, f"{TOTP(device.bin_key, drift=-1).token():06d}", by=user)
    client.post(reverse("admin:login"), {"username": user.username, "password": PASSWORD})
    before = client.get(reverse("admin:index")).status_code
    client.post(reverse("admin:login_code"), {"code": f"{TOTP(device.bin_key).token():06d}"})

    assert (before, client.get(reverse("admin:index")).status_code) == (302, 200)


def test_users_crud_and_search() -> None:
    boss = client_as("admin")
    made = boss.post(USERS, {"username": "amra", "first_name": "Amra", "roles": ["agent"]}).json()
    one = f"{USERS}{made['id']}/"
    changed = boss.patch(one, {"roles": ["mechanic"]}, HTTP_IF_MATCH="*").json()
    found = boss.get(USERS, {"q": "amra", "role": "mechanic"}).json()["data"]
    gone = boss.delete(one, HTTP_IF_MATCH="*")

    assert (changed["roles"], [row["id"] for row in found], gone.status_code) == (["mechanic"], [made["id"]], 204)


def test_change_password() -> None:
    user = UserFactory(role="agent")
    body = {"old_password": PASSWORD, "new_password": "another good one"}

    assert client_of(user).post(f"{AUTH}/password/change/", body).status_code == 204
    assert (log_in(user).status_code, log_in(user, "another good one").status_code) == (401, 200)


def test_admin_reset_sends_a_link_and_never_a_password() -> None:
    user = UserFactory(role="agent", password="!")
    links.invite(user.pk, by=UserFactory(role="admin"), now=timezone.now())
    delivery.deliver(now=timezone.now())
    (letter,) = mail.outbox
    token = re.findall(r"/link/([^\s/]+)/", letter.body)[0]

    answer = APIClient().post(f"{AUTH}/password/reset/confirm/", {"token": token, "new_password": "my very own words"})

    assert answer.status_code == 204
    assert log_in(user, "my very own words").status_code == 200
    assert "my very own" not in letter.body


def test_reset_by_single_use_link() -> None:
    user = UserFactory(role="agent")
    body = {"token": links.make("password_reset", user, now=timezone.now()), "new_password": "my very own words"}

    answers = [APIClient().post(f"{AUTH}/password/reset/confirm/", body).status_code for _ in range(2)]

    assert answers == [204, 410]


def test_online_users_and_last_activity() -> None:
    here, never = client_as("agent"), UserFactory(role="agent")
    here.get(f"{AUTH}/me/")

    found = client_as("admin").get("/api/v1/activity/", {"role": "agent"}).json()["data"]

    told = {row["username"]: (row["online"], row["last_seen_at"] is not None) for row in found}
    assert told == {here.user.username: (True, True), never.username: (False, False)}


# What it did badly.


def test_password_hashes_are_in_no_answer() -> None:
    user, boss = UserFactory(role="agent"), client_as("admin")

    for address in (USERS, f"{USERS}{user.pk}/", f"{USERS}{user.pk}/history/", "/api/v1/activity/", f"{AUTH}/me/"):
        assert user.password not in boss.get(address).content.decode()
        assert "password" not in boss.get(address).json()


@pytest.mark.parametrize("role", ["manager", "agent", "mechanic", "accountant", "auditor", "viewer", "integrator"])
def test_nobody_makes_himself_admin(role: str) -> None:
    client = client_as(role)

    answer = client.patch(f"{USERS}{client.user.pk}/", {"roles": ["admin"]}, HTTP_IF_MATCH="*")

    assert answer.status_code == 403
    assert User.objects.get(pk=client.user.pk).role_names == [role]


def test_an_admin_cannot_change_his_own_roles() -> None:
    boss = client_as("admin")

    answer = boss.patch(f"{USERS}{boss.user.pk}/", {"roles": ["viewer"]}, HTTP_IF_MATCH="*")

    assert (answer.status_code, answer.json()["code"]) == (409, "own_account")


def test_a_role_change_works_at_once() -> None:
    client, boss = client_as("agent"), client_as("admin")
    before = client.get("/api/v1/audit/").status_code

    boss.patch(f"{USERS}{client.user.pk}/", {"roles": ["auditor"]}, HTTP_IF_MATCH="*")

    after = client.get("/api/v1/audit/").status_code
    assert (before, after) == (403, 200)
