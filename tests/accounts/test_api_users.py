"""users/ and api-keys/: administrators only, no secret leaves."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import ApiKey, IdempotentAnswer, User
from accounts.roles import ROLES
from tests.factories.accounts import ApiKeyFactory, UserFactory, client_as, client_with

pytestmark = pytest.mark.django_db
USERS = "/api/v1/users/"
KEYS = "/api/v1/api-keys/"


@pytest.fixture
def client() -> APIClient:
    return client_as("admin")


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
@pytest.mark.parametrize("address", [USERS, KEYS])
def test_only_administrators_get_in(role: str, address: str) -> None:
    client = client_as(role)

    assert client.get(address).status_code == 403
    assert client.post(address, {}).status_code == 403


def test_a_user_is_created_with_roles_and_password(client: APIClient) -> None:
    body = {"username": "amra", "roles": ["agent"], "password": "correct horse battery", "email": "a@fleet.test"}

    response = client.post(USERS, body)

    assert (response.status_code, response.json()["roles"]) == (201, ["agent"])
    user = User.objects.get(username="amra")
    assert user.check_password("correct horse battery")
    assert user.created_by == client.user


def test_no_answer_carries_a_hash_or_a_flag_of_power(client: APIClient) -> None:
    created = client.post(USERS, {"username": "amra", "roles": [], "password": "correct horse battery"})

    for response in (created, client.get(USERS), client.get(f"{USERS}{created.json()['id']}/")):
        text = response.content.decode()
        assert not any(word in text for word in ("md5$", "argon2", "password", "is_superuser", "is_staff"))


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"roles": ["king"]}, "/roles/0"),
        ({"password": "short"}, "/password"),
        ({"is_superuser": True}, "/is_superuser"),
        ({"is_staff": True}, "/is_staff"),
        ({"is_active": False}, "/is_active"),
        ({"user_permissions": [1]}, "/user_permissions"),
        ({"username": "not a name"}, "/username"),
        ({"language": "xx"}, "/language"),
    ],
)
def test_a_field_that_is_not_right_is_named(client: APIClient, fields: dict[str, Any], pointer: str) -> None:
    response = client.post(USERS, {"username": "amra", "roles": [], **fields})

    assert response.status_code == 422
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]
    assert not User.objects.filter(username__in=["amra", "not a name"]).exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"username": "amra"}, "username_taken"),
        ({"username": "AMRA"}, "username_taken"),
        ({"email": "A@FLEET.test"}, "email_taken"),
    ],
)
def test_a_clash_is_409_with_its_name(client: APIClient, fields: dict[str, str], code: str) -> None:
    UserFactory(username="amra", email="a@fleet.test")

    response = client.post(USERS, {"username": "other", "roles": [], **fields})

    assert (response.status_code, response.json()["code"]) == (409, code)


def test_roles_are_changed_under_if_match(client: APIClient) -> None:
    user = UserFactory(role="agent")

    response = client.patch(f"{USERS}{user.pk}/", {"roles": ["manager"]}, HTTP_IF_MATCH='"1"')

    assert (response.status_code, response.json()["roles"], response.json()["version"]) == (200, ["manager"], 2)


def test_nobody_gives_himself_a_role_nor_removes_the_last_administrator(client: APIClient) -> None:
    own = f"{USERS}{client.user.pk}/"

    assert client.patch(own, {"roles": ["viewer"]}, HTTP_IF_MATCH="*").json()["code"] == "own_account"
    assert client.post(f"{own}deactivate/").json()["code"] == "own_account"
    assert client.delete(own, HTTP_IF_MATCH="*").json()["code"] == "own_account"


def test_a_closed_account_is_reopened(client: APIClient) -> None:
    address = f"{USERS}{UserFactory(role='agent').pk}/"

    assert client.post(f"{address}deactivate/").json()["is_active"] is False
    assert client.post(f"{address}activate/").json()["is_active"] is True


def test_who_has_history_is_not_deleted(client: APIClient) -> None:
    issued = ApiKeyFactory.issued()

    response = client.delete(f"{USERS}{issued.key.user_id}/", HTTP_IF_MATCH="*")

    assert (response.status_code, response.json()["code"]) == (409, "protected")
    assert response.json()["protected_by"] == ["API keys"]


def test_a_password_is_not_set_by_somebody_else_in_a_change(client: APIClient) -> None:
    user = UserFactory()

    response = client.patch(f"{USERS}{user.pk}/", {"password": "another good one"}, HTTP_IF_MATCH="*")

    assert response.status_code == 422


def test_users_are_searched_filtered_and_sorted(client: APIClient) -> None:
    UserFactory(username="zlata", role="mechanic", last_name="Begić")
    UserFactory(username="boris", role="mechanic", is_active=False)

    def names(**query: str) -> list[str]:
        return [row["username"] for row in client.get(USERS, query).json()["data"]]

    assert names(role="mechanic", sort="username") == ["boris", "zlata"]
    assert names(role="mechanic", is_active="true") == ["zlata"]
    assert names(q="begić") == ["zlata"]
    assert names(q="zla beg") == ["zlata"]


def test_a_list_of_users_costs_three_queries(client: APIClient, django_assert_num_queries: Any) -> None:
    for _ in range(10):
        UserFactory(role="agent")

    with django_assert_num_queries(3):  # log-in, users, their roles
        client.get(USERS)


def test_a_key_is_shown_once(client: APIClient) -> None:
    owner = UserFactory(role="integrator")

    response = client.post(KEYS, {"name": "Shop", "user": str(owner.pk), "read_only": True})

    body = response.json()
    assert response.status_code == 201
    assert client_with(body["key"]).get("/api/v1/auth/me/").json()["username"] == owner.username
    shown = client.get(response["Location"]).json()
    assert "key" not in shown
    assert not any("digest" in name for name in shown)


def test_a_repeated_creation_makes_one_key_and_does_not_store_it(client: APIClient) -> None:
    body = {"name": "Shop", "user": str(UserFactory(role="integrator").pk)}

    first, second = (client.post(KEYS, body, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))

    assert (first.json()["id"], second.json()["key"]) == (second.json()["id"], None)
    assert first.json()["key"].encode() not in bytes(IdempotentAnswer.objects.get().body)
    assert ApiKey.objects.count() == 1


def test_a_key_is_renamed_but_never_changes_hands(client: APIClient) -> None:
    address = f"{KEYS}{ApiKeyFactory.issued().key.pk}/"

    assert client.patch(address, {"name": "New"}, HTTP_IF_MATCH="*").json()["name"] == "New"
    refused = client.patch(address, {"user": str(client.user.pk)}, HTTP_IF_MATCH="*")
    assert refused.json()["errors"][0]["code"] == "read_only_field"


def test_a_key_is_revoked_and_not_deleted(client: APIClient) -> None:
    issued = ApiKeyFactory.issued()
    address = f"{KEYS}{issued.key.pk}/"

    assert client.post(f"{address}revoke/").json()["revoked_at"] is not None
    assert client_with(issued.plain).get("/api/v1/auth/me/").status_code == 401
    assert client.delete(address, HTTP_IF_MATCH="*").status_code == 405


def test_keys_are_filtered_by_state(client: APIClient) -> None:
    issued = ApiKeyFactory.issued()
    client.post(f"{KEYS}{issued.key.pk}/revoke/")
    ApiKeyFactory.issued(name="Open")

    assert [row["name"] for row in client.get(KEYS, {"revoked": "false"}).json()["data"]] == ["Open"]
    assert [row["name"] for row in client.get(KEYS, {"revoked": "true"}).json()["data"]] == ["Booking site"]
