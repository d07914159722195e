"""Every page of the admin opens, for every role that may, at a bounded cost."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import columns
from accounts.roles import PERMISSIONS, STAFF_ROLES
from fleet.admin.base import FleetAdmin
from tests.factories.accounts import UserFactory
from tests.guards import world

pytestmark = pytest.mark.usefixtures("planted")

MOST_QUERIES = {"changelist": 15, "add": 15, "change": 25, "history": 12}
REGISTERED = [model for model in admin.site._registry if isinstance(admin.site._registry[model], FleetAdmin)]


def logged_in(role: str) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(UserFactory(role=role))
    return client


@pytest.fixture
def boss() -> Client:
    return logged_in("admin")


def open_to(role: str) -> list[Any]:
    """Return the models that the role may view."""
    codes = PERMISSIONS[role]
    return [model for model in REGISTERED if f"{model._meta.app_label}.view_{model._meta.model_name}" in codes]


def address(model: Any, page: str) -> str | None:
    row = world.one_of(model)
    if page in ("change", "history", "delete") and row is None:
        return None
    arguments = [row.pk] if page in ("change", "history", "delete") else []
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def test_everything_in_the_admin_stands_on_our_own_base() -> None:
    assert set(admin.site._registry) == set(REGISTERED)


def test_nothing_is_registered_that_nobody_may_view() -> None:
    assert set(open_to("admin")) == set(REGISTERED)


@pytest.mark.parametrize("page", MOST_QUERIES)
def test_every_page_opens_at_a_bounded_cost(boss: Client, page: str) -> None:
    wrong = {}
    for model in open_to("admin"):
        where = address(model, page)
        if where is None:
            continue
        with CaptureQueriesContext(connection) as caught:
            status = boss.get(where).status_code
        if status not in (200, 403) or len(caught) > MOST_QUERIES[page]:
            wrong[where] = (status, len(caught))
    assert wrong == {}


@pytest.mark.parametrize("text", ["%", "'; --💥", "x" * 300])
def test_every_list_can_be_searched_for_anything(boss: Client, text: str) -> None:
    answers = {
        model._meta.label: boss.get(address(model, "changelist") or "", {"q": text}) for model in open_to("admin")
    }
    assert {label: answer.status_code for label, answer in answers.items() if answer.status_code != 200} == {}


def test_lists_cost_the_same_however_long_they_are(boss: Client) -> None:
    world.build()  # so that the newest rows, which the trail shows, are of the same kinds both times
    before = costs(boss)
    world.build()
    # Less is possible: by now the caches of content types are warm.
    assert {label: cost for label, cost in costs(boss).items() if cost > before[label]} == {}


def costs(client: Client) -> dict[str, int]:
    found = {}
    for model in open_to("admin"):
        with CaptureQueriesContext(connection) as caught:
            client.get(address(model, "changelist") or "")
        found[model._meta.label] = len(caught)
    return found


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_every_role_opens_what_it_may_view_and_nothing_else(role: str) -> None:
    client, may = logged_in(role), open_to(role)
    request = RequestFactory().get("/")
    request.user = UserFactory(role=role)
    seen = {model for model in REGISTERED if admin.site._registry[model].has_view_permission(request)}
    closed = {client.get(address(model, "changelist") or "").status_code for model in REGISTERED if model not in may}
    assert (seen, closed) == (set(may), {403} if closed else set())


def test_every_column_of_every_list_is_shown_at_a_bounded_cost() -> None:
    boss = UserFactory(role="admin")
    client, wrong = Client(), {}
    client.force_login(boss)
    for model in REGISTERED:
        every = [*admin.site._registry[model].list_display, *admin.site._registry[model].more_columns]  # type: ignore[attr-defined]
        columns.choose(model._meta.label_lower, every, by=boss)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(str(address(model, "changelist")))
        if answer.status_code != 200 or len(asked) > MOST_QUERIES["changelist"]:
            wrong[model._meta.label] = answer.status_code, len(asked)

    assert wrong == {}
