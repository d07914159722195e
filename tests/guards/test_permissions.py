"""Every address names who may use it, and answers every role exactly so."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from accounts.roles import PERMISSIONS, ROLES
from fleet.api.permissions import ANYONE, LOGGED_IN, needed
from tests.factories.accounts import client_as
from tests.guards.house import Endpoint, endpoints, foreign_routes

# For anyone: they hold no data.
OPEN = {"api/v1/schema/", "api/v1/openapi.json", "api/v1/docs/"}


def wanted(endpoint: Endpoint) -> tuple[str, ...] | str | None:
    view = SimpleNamespace(
        permissions=getattr(endpoint.view, "permissions", {}),
        action=endpoint.action,
        request=SimpleNamespace(method=endpoint.method.upper()),
    )
    return needed(view)


def names(permission: Any) -> tuple[str, ...]:
    return (permission,) if isinstance(permission, str) else tuple(permission or ())


def may(role: str, endpoint: Endpoint) -> bool:
    permission = wanted(endpoint)
    if permission is None:
        return False  # closed to everybody
    return permission in (ANYONE, LOGGED_IN) or set(names(permission)) <= PERMISSIONS[role]


def answered(client: APIClient, endpoint: Endpoint) -> Any:
    client.raise_request_exception = False
    body = None if endpoint.method == "get" else {}
    answer = getattr(client, endpoint.method)(endpoint.nowhere, body, format="json")
    if answer.streaming:
        answer.getvalue()  # read to its end, a file is closed
    return answer


def test_there_is_an_api() -> None:
    assert len(endpoints()) > 50


def test_every_address_names_its_permission() -> None:
    assert [str(endpoint) for endpoint in endpoints() if wanted(endpoint) is None] == []


def test_only_what_holds_no_data_is_answered_past_the_kit() -> None:
    assert foreign_routes() == OPEN


@pytest.mark.django_db
def test_every_permission_that_is_named_exists() -> None:
    existing = {f"{app}.{code}" for app, code in Permission.objects.values_list("content_type__app_label", "codename")}
    named = {name for endpoint in endpoints() for name in names(wanted(endpoint))} - {ANYONE, LOGGED_IN}
    assert named - existing == set()
    assert {name for permissions in PERMISSIONS.values() for name in permissions} - existing == set()


@pytest.mark.django_db
def test_a_stranger_is_asked_to_log_in_everywhere() -> None:
    closed = [endpoint for endpoint in endpoints() if wanted(endpoint) != ANYONE]
    answers = {str(endpoint): answered(APIClient(), endpoint) for endpoint in closed}
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 401} == {}
    assert [name for name, answer in answers.items() if "WWW-Authenticate" not in answer] == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_role_gets_in_where_it_may_and_nowhere_else(role: str) -> None:
    wrong, client = {}, client_as(role)
    for endpoint in endpoints():
        asking = client_as(role) if "/auth/" in endpoint.nowhere else client  # some of those end the log-in
        status = answered(asking, endpoint).status_code
        let_in = status not in (401, 403)
        if wanted(endpoint) != ANYONE and (let_in != may(role, endpoint) or status >= 500):
            wrong[str(endpoint)] = status
    assert wrong == {}
