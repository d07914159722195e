"""Who gets in where, role by role, as it was looked at and agreed: access.txt is the record.

After a change that was meant, `FLEET_RECORD=1 pytest tests/accounts/test_access.py` writes it anew; read its diff.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.roles import ROLES, STAFF_ROLES
from fleet.admin.pages import Page, pages
from fleet.api.permissions import ANYONE
from tests.factories.accounts import UserFactory
from tests.guards.house import endpoints
from tests.guards.test_permissions import may, wanted

pytestmark = pytest.mark.django_db
RECORD = Path(__file__).with_name("access.txt")


def request_of(role: str) -> Any:
    request = RequestFactory().get("/admin/")
    request.user = UserFactory(role=role) if role else AnonymousUser()
    return request


def of_the_api() -> Iterator[tuple[str, list[str]]]:
    """tests/guards/test_permissions.py asks every address as every role and so proves what is declared here."""
    for endpoint in endpoints():
        roles = ["anyone"] if wanted(endpoint) == ANYONE else [role for role in ROLES if may(role, endpoint)]
        yield f"api {endpoint.nowhere} {endpoint.method.upper()}", roles


def of_the_admin() -> Iterator[tuple[str, list[str]]]:
    requests = {role: request_of(role) for role in STAFF_ROLES}
    for model, shown in admin.site._registry.items():
        for action in ("view", "add", "change", "delete"):
            has = getattr(shown, f"has_{action}_permission")
            yield f"admin {model._meta.label} {action}", [role for role in STAFF_ROLES if has(requests[role])]
    for page in pages():
        roles = ["anyone"] if page.is_public else [role for role in STAFF_ROLES if page.is_open_to(requests[role])]
        yield f"page {page.path}", roles


def found() -> list[str]:
    return sorted(f"{where}: {' '.join(roles) or 'nobody'}" for where, roles in (*of_the_api(), *of_the_admin()))


def test_every_role_gets_in_exactly_where_the_record_says() -> None:
    if os.environ.get("FLEET_RECORD"):
        RECORD.write_text("\n".join(found()) + "\n")
    assert found() == RECORD.read_text().splitlines()


def test_the_record_closes_what_must_be_closed() -> None:
    record = dict(line.rsplit(": ", 1) for line in RECORD.read_text().splitlines())
    people = {roles for where, roles in record.items() if "accounts.User" in where or "/users/" in where}
    public = {where for where, roles in record.items() if roles == "anyone"}

    assert people <= {"admin", "nobody"}
    assert all(
        "/auth/" in where or where.startswith(("page login/", "page password/", "page language/")) or "verify" in where
        for where in public
    )


def without_arguments() -> list[Page]:
    return [page for page in pages() if "<" not in page.path and not page.is_public]


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_every_page_of_the_admin_answers_every_role_as_the_record_says(role: str) -> None:
    client, request = Client(), request_of(role)
    client.force_login(request.user)
    answers = {page.path: client.get(reverse(f"admin:{page.name}")).status_code for page in without_arguments()}

    assert {path: status for path, status in answers.items() if status >= 500} == {}
    assert {path for path, status in answers.items() if status != 403} == {
        page.path for page in without_arguments() if page.is_open_to(request)
    }


def test_no_page_of_the_admin_is_open_to_a_stranger() -> None:
    answers = {page.path: Client().get(reverse(f"admin:{page.name}")) for page in without_arguments()}

    assert {
        path for path, answer in answers.items() if not answer.get("Location", "").startswith("/admin/login/")
    } == set()
