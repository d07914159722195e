"""Who may do what: 401 with a challenge, 403 with the missing permission, closed when nothing is declared."""

import pytest
from rest_framework.test import APIClient

from cars.models import Branch
from tests.factories.accounts import ApiKeyFactory, UserFactory, client_as, client_of, client_with

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.fleet.world")]
LIST = "/api/v1/branches/"


def test_nobody_is_asked_to_log_in() -> None:
    response = APIClient().get(LIST)

    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="fleet"'
    assert response["Content-Type"] == "application/problem+json"


def test_a_user_without_a_role_may_nothing() -> None:
    response = client_of(UserFactory()).get(LIST)

    assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
    assert response.json()["permission"] == "cars.view_branch"


def test_a_viewer_reads_and_does_not_write() -> None:
    client = client_as("viewer")

    assert client.get(LIST).status_code == 200
    assert client.post(LIST, {"code": "sa", "name": "Sarajevo"}).json()["permission"] == "cars.add_branch"


def test_a_partial_update_needs_what_an_update_needs() -> None:
    branch = Branch.objects.create(code="sa", name="Sarajevo")

    response = client_as("viewer").patch(f"{LIST}{branch.pk}/", {"name": "X"}, HTTP_IF_MATCH="*")

    assert response.json()["permission"] == "cars.change_branch"


def test_an_action_that_declares_nothing_is_closed_to_everyone() -> None:
    assert client_as("admin").post(f"{LIST}forgotten/").status_code == 403


def test_a_role_that_is_taken_away_is_gone_with_the_next_request() -> None:
    client = client_as("viewer")
    assert client.get(LIST).status_code == 200

    client.user.groups.clear()

    assert client.get(LIST).status_code == 403


def test_a_read_only_key_reads_and_nothing_else() -> None:
    issued = ApiKeyFactory.issued(role="manager", read_only=True)
    client = client_with(issued.plain)

    assert client.get(LIST).status_code == 200
    response = client.post(LIST, {"code": "sa", "name": "Sarajevo"})
    assert (response.status_code, response.json()["code"]) == (403, "read_only_key")


def test_refusal_comes_before_the_body_is_looked_at() -> None:
    assert client_as("viewer").post(LIST, {"nonsense": 1}).status_code == 403
