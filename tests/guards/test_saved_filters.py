"""A list that staff filter in the admin is filtered by the same saved filter in the API."""

from typing import Any

import pytest
from django.contrib import admin

from accounts.models import SavedFilter
from fleet.api.views import FleetViewSet
from tests.factories.accounts import UserFactory, client_of
from tests.guards.house import Endpoint, endpoints

pytestmark = pytest.mark.django_db


def lists() -> list[Endpoint]:
    return [
        one
        for one in endpoints()
        if one.method == "get"
        and one.action == "list"
        and isinstance(one.view, type)
        and issubclass(one.view, FleetViewSet)
    ]


def model_of(view: Any) -> Any:
    return view.queryset.model


def test_a_list_understands_saved_filters_when_the_admin_has_it_too() -> None:
    wrong = [str(one) for one in lists() if one.view.saves_filters != (model_of(one.view) in admin.site._registry)]

    assert len(lists()) > 30
    assert wrong == []


def test_every_list_of_the_api_takes_what_is_saved_above_the_admins() -> None:
    boss = UserFactory(role="admin")
    client, wrong = client_of(boss), {}
    for one in lists():
        if not one.view.saves_filters or "{" in one.path() or one.path() != one.path("x"):
            continue
        label = model_of(one.view)._meta.label_lower
        SavedFilter.objects.get_or_create(
            owner=boss, model=label, slug="all", defaults={"name": "All", "query": "o=-1"}
        )
        answer = client.get(one.path(), {"filter": "all"})
        if answer.status_code != 200:
            wrong[one.path()] = answer.content[:200]

    assert wrong == {}
