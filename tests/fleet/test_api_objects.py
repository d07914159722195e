"""Single objects: ETags, conditional writes, deletion, answers."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from cars.models import Branch
from tests.factories.accounts import UserFactory, client_as, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.fleet.world")]


@pytest.fixture
def client() -> APIClient:
    return client_as("manager")


@pytest.fixture
def branch() -> Branch:
    return Branch.objects.create(code="sa", name="Sarajevo")


def address(branch: Branch, step: str = "") -> str:
    return f"/api/v1/branches/{branch.pk}/{step}"


def test_a_new_object_says_where_it_is_and_of_what_version(client: APIClient) -> None:
    response = client.post("/api/v1/branches/", {"code": "sa", "name": "Sarajevo"})

    assert response.status_code == 201
    assert response["Location"].endswith(f"/api/v1/branches/{response.json()['id']}/")
    assert response["ETag"].startswith('"1.')
    assert client.get(response["Location"])["ETag"] == response["ETag"]


def test_the_server_knows_who_created_it(client: APIClient) -> None:
    client.post("/api/v1/branches/", {"code": "sa", "name": "Sarajevo"})

    assert Branch.objects.get().created_by == client.user


def test_a_write_needs_if_match(client: APIClient, branch: Branch) -> None:
    for method in (client.patch, client.put, client.delete):
        response = method(address(branch), {"name": "X"})
        assert (response.status_code, response.json()["code"]) == (428, "precondition_required")


@pytest.mark.parametrize("match", ['"1"', "*", '"7", "1"', '"1.0000abcd"'])
def test_a_write_of_the_version_that_was_read_goes_through(client: APIClient, branch: Branch, match: str) -> None:
    response = client.patch(address(branch), {"name": "Mostar"}, HTTP_IF_MATCH=match)

    assert (response.status_code, response.json()["name"], response.json()["version"]) == (200, "Mostar", 2)
    assert response["ETag"].startswith('"2.')


@pytest.mark.parametrize("match", ['"2"', 'W/"1"', "1", "", '"nonsense"', '"01"'])
def test_a_write_of_another_version_is_stale(client: APIClient, branch: Branch, match: str) -> None:
    response = client.patch(address(branch), {"name": "Mostar"}, HTTP_IF_MATCH=match)

    assert (response.status_code, response.json()["code"]) == (412, "stale")
    assert response.json()["current_version"] == 1
    branch.refresh_from_db()
    assert branch.name == "Sarajevo"


def test_put_replaces_and_needs_every_required_field(client: APIClient, branch: Branch) -> None:
    response = client.put(address(branch), {"name": "Mostar"}, HTTP_IF_MATCH="*")

    assert [one["pointer"] for one in response.json()["errors"]] == ["/code"]


def test_an_invalid_change_leaves_the_row_alone(client: APIClient, branch: Branch) -> None:
    response = client.patch(address(branch), {"time_zone": "Mars/Olympus", "name": "X"}, HTTP_IF_MATCH="*")

    assert response.status_code == 422
    branch.refresh_from_db()
    assert (branch.name, branch.version) == ("Sarajevo", 1)


def test_a_reader_who_has_it_already_gets_304_until_it_changes(client: APIClient, branch: Branch) -> None:
    tag = client.get(address(branch))["ETag"]

    unchanged = client.get(address(branch), HTTP_IF_NONE_MATCH=tag)
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", tag)

    Branch.objects.filter(pk=branch.pk).update(name="Changed past the version")
    assert client.get(address(branch), HTTP_IF_NONE_MATCH=tag).status_code == 200


def test_an_action_honours_if_match_only_when_it_is_sent(client: APIClient, branch: Branch) -> None:
    assert client.post(address(branch, "close/"), HTTP_IF_MATCH='"9"').status_code == 412
    assert client.post(address(branch, "close/"), HTTP_IF_MATCH='"1"').status_code == 200
    assert client.post(address(branch, "close/")).status_code == 200


def test_deleting_answers_204_and_then_404(client: APIClient, branch: Branch) -> None:
    assert client.delete(address(branch), HTTP_IF_MATCH='"1"').status_code == 204

    response = client.get(address(branch))
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("pk", ["1", "not-an-id", "-" * 36, "019ab1c4-7d1e-7000-8000-000000000000"])
def test_an_id_that_is_nothing_is_not_found(client: APIClient, pk: str) -> None:
    assert client.get(f"/api/v1/branches/{pk}/").status_code == 404


def test_history_is_paged_and_follows_the_permission_to_look(client: APIClient, branch: Branch, settings: Any) -> None:
    settings.FLEET_HISTORY = "tests.fleet.world.history_of"
    settings.FLEET_HISTORY_SERIALIZER = "tests.fleet.world.UserOutput"
    UserFactory(username="zlata")

    first = client.get(address(branch, "history/"), {"limit": 1}).json()
    second = client.get(address(branch, "history/"), {"limit": 1, "cursor": first["next_cursor"]}).json()

    assert [first["data"], second["data"]] == [[{"username": "zlata"}], [{"username": client.user.username}]]
    assert client_of(UserFactory()).get(address(branch, "history/")).status_code == 403
    assert client.get(address(branch, "history/"), {"sort": "username"}).status_code == 400


def test_without_an_audit_trail_there_is_no_history(client: APIClient, branch: Branch, settings: Any) -> None:
    settings.FLEET_HISTORY = ""

    assert client.get(address(branch, "history/")).status_code == 404


def test_a_method_that_is_not_offered_says_which_are(client: APIClient, branch: Branch) -> None:
    response = client.post(address(branch))

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert "PATCH" in response["Allow"]


def test_answers_are_nobodys_to_cache(client: APIClient, branch: Branch) -> None:
    response: Any = client.get(address(branch))

    assert response["Cache-Control"] == "private, no-store"
    assert "Authorization" in response["Vary"]
