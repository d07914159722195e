"""Accounts in the admin: through the verbs, with refusals said in the form."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import keys, tokens
from accounts.errors import TokenRefused
from accounts.models import ApiKey, User
from tests.factories.accounts import PASSWORD, ApiKeyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return UserFactory(role="admin", username="boss")


@pytest.fixture
def client(boss: User) -> Client:
    client = Client()
    client.force_login(boss)
    return client


def page(model: str, step: str = "changelist", pk: Any = None) -> str:
    return reverse(f"admin:accounts_{model}_{step}", args=[pk] if pk else [])


def person(**changed: Any) -> dict[str, Any]:
    fields = {"first_name": "A", "last_name": "B", "email": "", "phone": "", "language": "en", "roles": []}
    return {"username": "amra", **fields, **changed}


@pytest.mark.parametrize("model", ["user", "apikey", "tokensession"])
def test_every_list_opens_and_searches(client: Client, boss: User, model: str) -> None:
    ApiKeyFactory.issued()
    tokens.open_session(boss, now=timezone.now())

    assert client.get(page(model), {"q": "boss"}).status_code == 200


@pytest.mark.parametrize("role", ["manager", "agent", "mechanic", "accountant", "auditor", "viewer"])
def test_only_administrators_find_accounts(role: str) -> None:
    client = Client()
    client.force_login(UserFactory(role=role))

    assert client.get(reverse("admin:index")).status_code == 200
    assert {client.get(page(model)).status_code for model in ("user", "apikey", "tokensession")} == {403}


def test_a_program_does_not_get_in_with_its_password() -> None:
    user = UserFactory(role="integrator")

    response = Client().post(reverse("admin:login"), {"username": user.username, "password": PASSWORD})

    assert response.status_code == 200
    assert "password is wrong" in response.content.decode()


def test_a_user_is_added_with_roles_and_password(client: Client, boss: User) -> None:
    response = client.post(page("user", "add"), person(roles=["agent"], password="correct horse battery"))

    user = User.objects.get(username="amra")
    assert response.status_code == 302
    assert (user.role_names, user.is_staff, user.created_by) == (["agent"], True, boss)
    assert user.check_password("correct horse battery")


def test_roles_are_changed_by_checkboxes(client: Client) -> None:
    user = UserFactory(role="agent", username="amra")

    shown = client.get(page("user", "change", user.pk)).content.decode()
    response = client.post(page("user", "change", user.pk), person(roles=["mechanic"], seen_version="1"))

    assert re.search(r'value="agent"[^>]*checked', shown)
    assert response.status_code == 302
    assert User.objects.get(pk=user.pk).role_names == ["mechanic"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": "short"}, "too short"),
        ({"username": "BOSS"}, "already a user of this name"),
        ({"username": "not a name"}, "valid username"),
    ],
)
def test_a_refused_user_is_said_in_the_form_with_what_was_typed(
    client: Client, changed: dict[str, Any], sentence: str
) -> None:
    response = client.post(page("user", "add"), person(**changed))

    text = response.content.decode()
    assert response.status_code == 200
    assert sentence in text
    assert 'value="B"' in text
    assert User.objects.count() == 1


def test_nobody_takes_a_role_himself(client: Client, boss: User) -> None:
    response = client.post(page("user", "change", boss.pk), person(username="boss", roles=["admin", "auditor"]))

    assert "Nobody changes his own roles" in response.content.decode()
    assert boss.role_names == ["admin"]


def test_a_form_that_was_filled_before_somebody_elses_change_is_refused(client: Client) -> None:
    user = UserFactory(username="amra", role="agent")
    user.save()

    response = client.post(page("user", "change", user.pk), person(first_name="Late", seen_version="1"))

    assert "Somebody else has changed this" in response.content.decode()
    assert User.objects.get(pk=user.pk).first_name == "Amra"


def test_a_user_is_deactivated_by_a_button_that_asks_first(client: Client) -> None:
    user = UserFactory(role="agent")
    step = page("user", "deactivate", user.pk)

    assert client.get(step).status_code == 200
    assert User.objects.get(pk=user.pk).is_active

    assert client.post(step).status_code == 302
    assert not User.objects.get(pk=user.pk).is_active


def test_a_refused_step_says_why_on_its_page(client: Client, boss: User) -> None:
    response = client.post(page("user", "deactivate", boss.pk))

    assert response.status_code == 200
    assert "ask another administrator" in response.content.decode()


def test_a_step_leads_back_to_its_object_and_says_what_happened(client: Client) -> None:
    user = UserFactory(role="agent")

    response = client.post(page("user", "deactivate", user.pk), follow=True)

    assert response.redirect_chain[0][0] == page("user", "change", user.pk)
    assert "The account is closed." in response.content.decode()


def test_steps_that_the_state_does_not_offer_are_hidden(client: Client) -> None:
    user = UserFactory(is_active=False)

    text = client.get(page("user", "change", user.pk)).content.decode()

    assert page("user", "activate", user.pk) in text
    assert page("user", "deactivate", user.pk) not in text


def test_a_password_set_by_an_administrator_ends_the_log_ins(client: Client) -> None:
    user = UserFactory()
    pair = tokens.open_session(user, now=timezone.now())
    new = {"password1": "another good one", "password2": "another good one", "usable_password": "true"}

    response = client.post(reverse("admin:auth_user_password_change", args=[user.pk]), new)

    assert response.status_code == 302
    with pytest.raises(TokenRefused):
        tokens.verify(pair.access, now=timezone.now())


def test_a_user_with_history_cannot_be_deleted(client: Client) -> None:
    issued = ApiKeyFactory.issued()

    response = client.post(page("user", "delete", issued.key.user_id), {"post": "yes"})

    assert "Cannot delete" in response.content.decode()
    assert User.objects.filter(pk=issued.key.user_id).exists()


def test_a_new_key_is_shown_once(client: Client, boss: User) -> None:
    owner = UserFactory(role="integrator")

    response = client.post(page("apikey", "add"), {"name": "Shop", "user": str(owner.pk)}, follow=True)

    shown = re.search(r"fd_live_\w+", response.content.decode())
    assert shown
    key = keys.verify(shown[0], now=timezone.now())
    assert (key.user, key.created_by) == (owner, boss)
    assert shown[0] not in client.get(page("apikey", "change", key.pk)).content.decode()


def test_a_key_is_revoked_by_its_button_and_never_deleted(client: Client) -> None:
    key = ApiKeyFactory.issued().key

    client.post(page("apikey", "revoke", key.pk))

    assert ApiKey.objects.get().revoked_at is not None
    assert client.post(page("apikey", "delete", key.pk), {"post": "yes"}).status_code == 403


def test_a_log_in_is_ended_by_its_button_and_not_edited(client: Client, boss: User) -> None:
    session = tokens.open_session(boss, now=timezone.now()).session

    client.post(page("tokensession", "end", session.pk))

    session.refresh_from_db()
    assert session.revoke_reason == "ended_by_admin"
    assert client.post(page("tokensession", "change", session.pk), {}).status_code == 403


def test_no_page_shows_a_hash_or_a_digest(client: Client, boss: User) -> None:
    key = ApiKeyFactory.issued().key

    for address in (page("user", "change", boss.pk), page("apikey", "change", key.pk)):
        text = client.get(address).content.decode()
        assert key.digest not in text
        assert boss.password not in text


def test_a_log_in_notes_the_time_but_changes_noseen_version(boss: User) -> None:
    Client().post(reverse("admin:login"), {"username": "boss", "password": PASSWORD})

    fresh = User.objects.get(pk=boss.pk)
    assert fresh.last_login is not None
    assert fresh.version == boss.version


def test_roles_are_not_edited_as_groups(client: Client) -> None:
    assert client.get("/admin/auth/group/").status_code == 404
