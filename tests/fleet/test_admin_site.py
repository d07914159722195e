"""The admin's frame: its policy and its sidebar."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.csp import CSP

from fleet.admin import pages as registered
from fleet.admin.pages import Page, page
from fleet.site import navigation
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def sidebar(role: str) -> dict[str, list[str]]:
    request = RequestFactory().get("/admin/")
    request.user = UserFactory(role=role) if role else AnonymousUser()
    return {str(group["title"]): [item["title"] for item in group["items"]] for group in navigation(request)}


def test_the_administrator_finds_people_and_keys() -> None:
    assert sidebar("admin")["Administration"][:3] == ["Users", "API keys", "Log-ins by token"]


@pytest.mark.parametrize("role", ["mechanic", "agent", "viewer"])
def test_who_may_not_see_accounts_does_not_find_them(role: str) -> None:
    assert "Administration" not in sidebar(role)


def test_a_mechanic_finds_nothing_of_the_rentals() -> None:
    assert "Rentals" not in sidebar("mechanic")


def test_nobody_sees_nothing() -> None:
    assert sidebar("") == {}


def test_every_link_of_the_sidebar_opens() -> None:
    client = Client()
    client.force_login(UserFactory(role="admin"))
    request = RequestFactory().get("/admin/")
    request.user = UserFactory(role="admin")

    for group in navigation(request):
        for item in group["items"]:
            assert client.get(item["link"]).status_code == 200, item


@pytest.mark.parametrize("name", ["admin:index", "admin:login", "admin:cars_car_changelist", "docs"])
def test_every_page_has_the_strict_policy(name: str) -> None:
    client = Client()
    if name != "admin:login":
        client.force_login(UserFactory(role="admin"))

    policy = client.get(reverse(name))["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert settings.SECURE_CSP["default-src"] == [CSP.NONE]


def test_a_log_in_leads_to_the_admin() -> None:
    user = UserFactory(role="agent")

    response = Client().post(reverse("admin:login"), {"username": user.username, "password": "correct horse battery"})

    assert response["Location"] == "/admin/"


def test_a_page_of_an_app_is_in_the_sidebar_of_those_who_may_see_it(rf: RequestFactory) -> None:
    own = Page("x/", "x", "X", "star", ("cars.view_car", "contracts.book_contract"), lambda request: HttpResponse())
    request = rf.get("/")
    request.user = UserFactory(role="mechanic")
    stranger = rf.get("/")
    stranger.user = UserFactory()

    assert own.is_open_to(request)
    assert not own.is_open_to(stranger)


def test_a_page_refuses_whoever_has_none_of_its_permissions(rf: RequestFactory, monkeypatch: Any) -> None:
    monkeypatch.setattr(registered, "_pages", {})
    guarded = page("x/", name="x", title="X", icon="star", permission="accounts.add_user")(
        lambda request: HttpResponse()
    )
    request = rf.get("/")
    request.user = UserFactory(role="agent")

    with pytest.raises(PermissionDenied):
        guarded(request)
    assert [one.name for one in registered.pages()] == ["x"]
