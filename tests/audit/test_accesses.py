"""What changes nothing is on record too: who got in, who did not, who left, what was taken along and overridden."""

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import keys, people
from accounts.models import User
from fleet.actor import acting_as
from tests.factories import contracts as given
from tests.factories.accounts import PASSWORD, ApiKeyFactory, UserFactory, client_as, client_with

pytestmark = pytest.mark.django_db
SECRET = "Tr0ub4dor-and-3"


def told(what: str) -> LogEntry:
    return LogEntry.objects.get(action=LogEntry.Action.ACCESS, additional_data__what=what)


def everything() -> str:
    return " ".join(f"{one.object_repr} {one.changes} {one.additional_data}" for one in LogEntry.objects.all())


def knock(username: str, password: str) -> Any:
    return APIClient().post("/api/v1/auth/token/", {"username": username, "password": password})


def test_a_log_in_at_the_api() -> None:
    user = UserFactory(role="agent")
    assert knock(user.username, PASSWORD).status_code == 200
    entry = told("login")
    assert (entry.object_pk, entry.actor, entry.remote_addr) == (str(user.pk), user, "127.0.0.1")
    assert entry.additional_data["door"] == "api"


def test_a_log_in_and_a_log_out_in_the_admin() -> None:
    user, client = UserFactory(role="agent"), Client()
    client.post(reverse("admin:login"), {"username": user.username, "password": PASSWORD})
    client.post(reverse("admin:logout"))
    assert (told("login").actor, told("login").additional_data["door"]) == (user, "admin")
    assert (told("logout").actor, told("logout").object_pk) == (user, str(user.pk))


@pytest.mark.parametrize("door", ["api", "admin"])
def test_a_wrong_password_is_told_about_the_account(door: str) -> None:
    user = UserFactory(role="agent")
    if door == "api":
        assert knock(user.username, SECRET).status_code == 401
    else:
        Client().post(reverse("admin:login"), {"username": user.username, "password": SECRET})
    entry = told("login_failed")
    assert (entry.object_pk, entry.actor, entry.remote_addr) == (str(user.pk), None, "127.0.0.1")
    assert entry.additional_data == {"what": "login_failed", "step": "password", "door": door}
    assert SECRET not in everything()


def test_of_a_name_that_nobody_has_only_the_beginning_is_kept() -> None:
    assert knock(SECRET, "x").status_code == 401  # typed into the wrong field
    assert told("login_failed").additional_data["name"] == f"{SECRET[:2]}•••"
    assert SECRET not in everything()


@pytest.mark.parametrize("name", ["", "x" * 5000, "a\x00b", "=cmd|' /C calc'!A0"])
def test_odd_names_break_nothing(name: str) -> None:
    assert knock(name, "x").status_code in (401, 422)


def test_a_log_out_with_a_token() -> None:
    user = UserFactory(role="agent")
    pair = knock(user.username, PASSWORD).json()
    for _ in range(2):  # a token that is no good any more says nothing
        assert APIClient().post("/api/v1/auth/token/revoke/", {"refresh": pair["refresh"]}).status_code == 204
    assert (told("logout").actor, told("logout").object_pk) == (user, str(user.pk))


def test_a_refused_key_is_told_without_its_secret_and_once_a_minute() -> None:
    issued = ApiKeyFactory.issued()
    keys.revoke(issued.key.pk, by=None, now=timezone.now())
    for _ in range(3):
        assert client_with(issued.plain).get("/api/v1/cars/").status_code == 401
    assert told("key_refused").object_pk == str(issued.key.pk)
    assert issued.plain not in everything()


@pytest.mark.parametrize("plain", [f"fd_live_{SECRET}_{SECRET}", SECRET, "fd_live_", "fd_live_é\u2028_x"])
def test_of_a_key_that_nobody_has_only_the_beginning_is_kept(plain: str) -> None:
    answer = APIClient().get("/api/v1/cars/", headers={"X-API-Key": plain.encode().decode("latin-1")})
    assert answer.status_code == 401
    assert told("key_refused").object_pk == "key_refused"
    assert SECRET not in everything()


def test_a_new_password_is_told_without_it() -> None:
    user = UserFactory(role="agent")
    with acting_as(user, door="api"):
        people.set_password(user, SECRET, by=user, now=timezone.now())
    assert (told("password_changed").object_pk, told("password_changed").actor) == (str(user.pk), user)
    assert SECRET not in everything()


def test_an_override_is_an_entry_of_its_own() -> None:
    boss = given.manager()
    contract = given.booked(by=boss)
    contract.overrides = [{"code": "uninspected", "reason": "Paper follows.", "by": str(boss.pk), "at": "x"}]
    with acting_as(boss, door="admin"):
        contract.save(update_fields=["overrides"])
    entry = told("override")
    assert (entry.object_pk, entry.actor, entry.additional_data["code"]) == (str(contract.pk), boss, "uninspected")


def test_an_export_and_a_download_are_found_by_their_kind() -> None:
    manager = client_as("manager")
    assert manager.get("/api/v1/cars/export/").status_code == 200
    (entry,) = client_as("auditor").get("/api/v1/audit/?what=export").json()["data"]
    assert (entry["what"], entry["action"], entry["actor"]) == ("export", "access", str(manager.user.pk))


def test_what_an_access_says_beside_its_kind_is_shown_to_programs_and_people() -> None:
    knock("nobody-at-all", "x")
    (entry,) = client_as("auditor").get("/api/v1/audit/?what=login_failed").json()["data"]
    assert entry["details"] == {"step": "password", "name": "no•••"}
    browser = Client()
    browser.force_login(UserFactory(role="manager"))
    assert "name: no•••; step: password" in browser.get("/admin/auditlog/logentry/?what=login_failed").text
    assert "no•••" in browser.get(f"/admin/auditlog/logentry/{entry['id']}/change/").text


def test_no_log_in_is_told_when_the_password_was_wrong() -> None:
    knock(UserFactory().username, "wrong")
    assert not LogEntry.objects.filter(additional_data__what="login").exists()
    assert User.objects.count() == 1
