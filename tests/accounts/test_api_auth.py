"""auth/: the door of log-ins, and what authentication tells the audit trail."""

from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import keys, tokens
from accounts.models import TokenSession, User
from cars.models import Branch
from fleet import actor
from tests.factories.accounts import PASSWORD, ApiKeyFactory, UserFactory, client_as, client_of, client_with

pytestmark = pytest.mark.django_db
TOKEN = "/api/v1/auth/token/"
ME = "/api/v1/auth/me/"


def logged_in(user: User, **headers: str) -> dict[str, Any]:
    response = APIClient().post(TOKEN, {"username": user.username, "password": PASSWORD}, **headers)
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


def bearer(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_a_log_in_gives_a_pair_that_works() -> None:
    user = UserFactory(role="agent")

    body = logged_in(user, HTTP_USER_AGENT="curl/8", REMOTE_ADDR="10.1.2.3")

    assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
    assert bearer(body["access"]).get(ME).json()["username"] == user.username
    assert (TokenSession.objects.get().user_agent, TokenSession.objects.get().address) == ("curl/8", "10.1.2.3")


def test_a_wrong_log_in_is_401_with_one_sentence_for_every_reason() -> None:
    user = UserFactory()

    answers = [
        APIClient().post(TOKEN, {"username": name, "password": "wrong"}) for name in (user.username, "nobody", "\u200b")
    ]

    assert {(one.status_code, one.json()["code"], one.json()["detail"]) for one in answers} == {
        (401, "login_refused", "The user name or the password is wrong, or the account is not active.")
    }
    assert answers[0]["WWW-Authenticate"] == 'Bearer realm="fleet"'


@pytest.mark.parametrize("body", [{}, {"username": "a"}, {"username": "a", "password": "b", "extra": "1"}, []])
def test_a_log_in_of_the_wrong_shape_is_422(body: Any) -> None:
    assert APIClient().post(TOKEN, body, format="json").status_code == 422


def test_a_password_keeps_its_blanks() -> None:
    user = UserFactory(password=" with blanks around ")

    response = APIClient().post(TOKEN, {"username": user.username, "password": " with blanks around "})

    assert response.status_code == 200


def test_an_expired_token_in_the_header_does_not_stop_a_refresh() -> None:
    pair = logged_in(UserFactory())

    response = bearer("expired").post(f"{TOKEN}refresh/", {"refresh": pair["refresh"]})

    assert response.status_code == 200
    assert bearer(response.json()["access"]).get(ME).status_code == 200


def test_a_used_refresh_token_ends_the_log_in() -> None:
    pair = logged_in(UserFactory())
    APIClient().post(f"{TOKEN}refresh/", {"refresh": pair["refresh"]})

    response = APIClient().post(f"{TOKEN}refresh/", {"refresh": pair["refresh"]})

    assert (response.status_code, response.json()["code"]) == (401, "token_reused")
    assert bearer(pair["access"]).get(ME).status_code == 401


@pytest.mark.parametrize("how", ["body", "header"])
def test_logging_out_ends_the_session(how: str) -> None:
    pair = logged_in(UserFactory())
    client = bearer(pair["access"]) if how == "header" else APIClient()

    response = client.post(f"{TOKEN}revoke/", {} if how == "header" else {"refresh": pair["refresh"]})

    assert (response.status_code, response.content) == (204, b"")
    assert bearer(pair["access"]).get(ME).json()["code"] == "token_invalid"


def test_logging_out_with_rubbish_is_no_error_but_with_nothing_is() -> None:
    assert APIClient().post(f"{TOKEN}revoke/", {"refresh": "rubbish"}).status_code == 204
    assert APIClient().post(f"{TOKEN}revoke/", {}).status_code == 401


def test_me_shows_roles_and_permissions_and_no_secret() -> None:
    body = client_as("agent").get(ME).json()

    assert body["roles"] == ["agent"]
    assert "contracts.book_contract" in body["permissions"]
    assert not any("password" in name for name in body)


@pytest.mark.parametrize(
    "credentials",
    [
        {"HTTP_AUTHORIZATION": "Bearer nonsense"},
        {"HTTP_AUTHORIZATION": "Bearer fd_live_nonsense"},
        {"HTTP_AUTHORIZATION": "Bearer fd_live_abc_def"},
        {"HTTP_X_API_KEY": "nonsense"},
        {"HTTP_AUTHORIZATION": "Bearer " + "x" * 100_000},
    ],
)
def test_a_bad_credential_is_401_and_not_anonymous(credentials: dict[str, str]) -> None:
    response = APIClient().get(ME, **credentials)

    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="fleet"')
    assert response.json()["code"] in ("token_invalid", "key_invalid")


@pytest.mark.parametrize("header", ["HTTP_X_API_KEY", "HTTP_AUTHORIZATION"])
def test_a_key_opens_as_its_account_by_either_header(header: str) -> None:
    issued = ApiKeyFactory.issued()
    value = issued.plain if header == "HTTP_X_API_KEY" else f"Bearer {issued.plain}"

    assert APIClient().get(ME, **{header: value}).json()["username"] == issued.key.user.username


def test_another_scheme_is_nobody() -> None:
    assert APIClient().get(ME, HTTP_AUTHORIZATION="Basic YTpi").json()["code"] == "not_authenticated"


def test_changing_the_password_ends_every_log_in() -> None:
    user = UserFactory()
    here, elsewhere = client_of(user), client_of(user)
    body = {"old_password": PASSWORD, "new_password": "another good one"}

    assert here.post("/api/v1/auth/password/change/", body).status_code == 204

    assert [client.get(ME).status_code for client in (here, elsewhere)] == [401, 401]


def test_a_wrong_old_password_and_a_weak_new_one_are_named() -> None:
    client = client_of(UserFactory())
    change = "/api/v1/auth/password/change/"

    wrong = client.post(change, {"old_password": "x", "new_password": "another good one"}).json()
    weak = client.post(change, {"old_password": PASSWORD, "new_password": "short"}).json()

    assert (wrong["status"], wrong["errors"][0]["pointer"]) == (422, "/old_password")
    assert (weak["status"], weak["errors"][0]["pointer"]) == (422, "/new_password")


@pytest.mark.urls("tests.fleet.world")
def test_changes_by_token_and_by_key_know_their_actor_and_door(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str]] = []
    monkeypatch.setattr(Branch, "clean", lambda branch: seen.append((str(actor.current_user()), actor.current().door)))
    issued = ApiKeyFactory.issued(UserFactory(role="manager", first_name="Shop", last_name=""))
    person = client_as("manager")

    for number, client in enumerate((person, client_with(issued.plain))):
        client.post("/api/v1/branches/", {"code": f"b{number}", "name": "B"})

    assert seen == [(str(person.user), "api"), ("Shop", f"key:{issued.key.prefix}")]


def test_authentication_costs_one_query(django_assert_num_queries: Any) -> None:
    client = client_as("agent")

    with django_assert_num_queries(2):  # log-in with permissions; roles for the body
        client.get(ME)


def test_a_key_revoked_between_two_requests_is_refused() -> None:
    issued = ApiKeyFactory.issued()
    client = client_with(issued.plain)
    assert client.get(ME).status_code == 200

    keys.revoke(issued.key.pk, by=None, now=timezone.now())

    assert client.get(ME).status_code == 401


def test_the_session_of_a_token_is_what_request_auth_holds() -> None:
    pair = tokens.open_session(UserFactory(), now=timezone.now())

    assert tokens.verify(pair.access, now=timezone.now()).refresh_jti == pair.session.refresh_jti
