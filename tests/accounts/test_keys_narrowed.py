"""Keys that may do less: only some things, only from some places; and keys that change hands of time."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import keys
from accounts.errors import KeyOver, KeyRefused
from accounts.models import ApiKey
from tests.factories.accounts import ApiKeyFactory, UserFactory, client_as, client_with

pytestmark = pytest.mark.django_db
NOW = timezone.now()
KEYS = "/api/v1/api-keys/"


def test_a_scope_takes_away_and_never_gives() -> None:
    scopes = ["cars.view_car", "accounts.view_user"]
    client = client_with(ApiKeyFactory.issued(scopes=scopes).plain)

    assert client.get("/api/v1/cars/").status_code == 200
    assert client.get("/api/v1/contracts/").status_code == 403
    assert client.get("/api/v1/users/").status_code == 403


@pytest.mark.parametrize(
    ("address", "works"),
    [("203.0.113.9", True), ("203.0.114.1", False), ("2001:db8::7", True), ("2001:db9::7", False), (None, False)],
)
def test_a_key_works_only_from_its_addresses(address: str | None, works: bool) -> None:
    issued = ApiKeyFactory.issued(addresses=["203.0.113.0/24", "2001:db8::/32"])

    if works:
        assert keys.verify(issued.plain, now=NOW, address=address) == issued.key
    else:
        with pytest.raises(KeyRefused):
            keys.verify(issued.plain, now=NOW, address=address)


def test_the_address_is_the_one_that_the_trusted_proxy_names() -> None:
    client = client_with(ApiKeyFactory.issued(addresses=["10.1.1.1"]).plain)

    assert client.get("/api/v1/auth/me/", REMOTE_ADDR="10.1.1.1").status_code == 200
    assert client.get("/api/v1/auth/me/", HTTP_X_FORWARDED_FOR="10.1.1.1").status_code == 401


def test_a_rolled_key_and_its_successor_work_side_by_side_for_a_while() -> None:
    old = ApiKeyFactory.issued(read_only=True, scopes=["cars.view_car"], addresses=["10.0.0.0/8"])
    new = keys.roll(old.key.pk, by=None, now=NOW, overlap=timedelta(hours=2))

    later = NOW + timedelta(hours=1, minutes=59)
    assert keys.verify(old.plain, now=later, address="10.0.0.1") == old.key
    same = keys.verify(new.plain, now=later, address="10.0.0.1")
    assert (same.user, same.read_only, same.scopes, same.addresses) == (
        old.key.user,
        True,
        ["cars.view_car"],
        ["10.0.0.0/8"],
    )
    with pytest.raises(KeyRefused):
        keys.verify(old.plain, now=NOW + timedelta(hours=2), address="10.0.0.1")


def test_rolling_never_makes_a_key_live_longer() -> None:
    ends = NOW + timedelta(hours=1)
    old = ApiKeyFactory.issued(expires_at=ends)

    new = keys.roll(old.key.pk, by=None, now=NOW)

    assert ApiKey.objects.get(pk=old.key.pk).expires_at == ends == new.key.expires_at


def test_what_is_over_cannot_be_rolled() -> None:
    issued = ApiKeyFactory.issued()
    keys.revoke(issued.key.pk, by=None, now=NOW)

    with pytest.raises(KeyOver):
        keys.roll(issued.key.pk, by=None, now=NOW)


def test_an_administrator_rolls_at_the_api_and_sees_the_key_once() -> None:
    old, boss = ApiKeyFactory.issued(), client_as("admin")

    answer = boss.post(f"{KEYS}{old.key.pk}/roll/", {"overlap_hours": 0})

    assert answer.status_code == 201
    assert keys.verify(answer.json()["key"], now=timezone.now()).user == old.key.user
    assert answer["Location"].endswith(f"{KEYS}{answer.json()['id']}/")
    assert "key" not in boss.get(answer["Location"]).json()
    with pytest.raises(KeyRefused):
        keys.verify(old.plain, now=timezone.now())


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [({"scopes": ["cars.fly_car"]}, "/scopes/0"), ({"addresses": ["10.0.0.0/8", "x"]}, "/addresses/1")],
)
def test_nonsense_is_named(wrong: dict[str, list[str]], pointer: str) -> None:
    body = {"name": "Shop", "user": str(UserFactory(role="integrator").pk), **wrong}

    answer = client_as("admin").post(KEYS, body)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_an_administrator_rolls_in_the_admin() -> None:
    old, client = ApiKeyFactory.issued(), Client()
    client.force_login(UserFactory(role="admin"))

    shown = client.post(reverse("admin:accounts_apikey_roll", args=[old.key.pk]), {"overlap_hours": "5"}, follow=True)

    assert "fd_live_" in shown.content.decode()
    assert ApiKey.objects.count() == 2


def test_an_operator_narrows_and_rolls() -> None:
    owner, said = UserFactory(role="integrator"), StringIO()
    call_command(
        "api_key",
        "create",
        "Shop",
        "--user",
        owner.username,
        "--scope",
        "cars.view_car",
        "--from",
        "10.0.0.0/8",
        stdout=said,
    )
    key = ApiKey.objects.get()
    call_command("api_key", "roll", key.prefix, "--hours", "0", stdout=said)

    assert (key.scopes, key.addresses) == (["cars.view_car"], ["10.0.0.0/8"])
    assert said.getvalue().count("fd_live_") == 2
