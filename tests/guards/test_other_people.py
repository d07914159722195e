"""By its id nobody reaches what is somebody else's, at whatever address, with whatever method."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import saving, sessions, tokens
from accounts.models import BrowserSession, TokenSession, User
from accounts.roles import ROLES
from customers.models import Customer
from notifications import notices
from notifications.models import Event, Notification, WebhookDelivery, WebhookEndpoint
from tests.factories.accounts import ApiKeyFactory as Keys
from tests.factories.accounts import UserFactory, client_of, client_with
from tests.guards import world
from tests.guards.house import Endpoint, endpoints
from tests.guards.test_permissions import may

pytestmark = pytest.mark.django_db
# What integrators read of the house: the catalogue (domain.md §5), with what is below it filtered to their own.
CATALOGUE = ("cars", "categories", "branches", "extras")
PERSONAL = ("notifications", "saved-filters", "auth/sessions")


def room(endpoint: Endpoint) -> str:
    return endpoint.nowhere.removeprefix("/api/v1/").partition("/0000")[0]


def of(*rooms: str) -> list[Endpoint]:
    return [endpoint for endpoint in endpoints() if endpoint.is_about_one and room(endpoint) in rooms]


def reached(client: APIClient, asked: list[tuple[Endpoint, Any]]) -> dict[str, int]:
    """Return the addresses that do not say that there is nothing."""
    client.raise_request_exception = False
    client.credentials(**client._credentials, HTTP_IF_MATCH="*")
    answers = {}
    for endpoint, pk in asked:
        body = None if endpoint.method == "get" else {}
        answer = getattr(client, endpoint.method)(endpoint.path(pk), body, format="json")
        answers[f"{endpoint.method} {endpoint.path(pk)}"] = answer.status_code
    return {where: status for where, status in answers.items() if status != 404}


def ids_in_rooms() -> dict[str, Any]:
    """Return for every collection the newest row that is in it; the house's own, and another integrator's."""
    lists = {room(one): one.view for one in endpoints() if one.is_about_one and one.action == "retrieve"}
    found = {name: world.one_of(view.queryset.model) for name, view in lists.items() if view.queryset is not None}
    found["webhook-deliveries"] = WebhookDelivery.objects.create(
        endpoint=WebhookEndpoint.objects.get(), event=Event.objects.latest("pk"), next_try_at=timezone.now()
    )
    return {name: row.pk for name, row in found.items() if row is not None}


def test_an_integrator_reaches_of_the_house_and_of_others_only_the_catalogue(planted: None) -> None:
    ids = ids_in_rooms()
    mine = [one for one in endpoints() if one.is_about_one and may("integrator", one) and room(one) in ids]
    asked = [(one, ids[room(one)]) for one in mine if room(one) not in (*CATALOGUE, *PERSONAL)]

    assert {room(one) for one, _ in asked} == {"contracts", "customers", "webhooks", "webhook-deliveries"}
    assert reached(client_with(Keys.issued().plain), asked) == {}


def test_what_is_below_the_catalogue_is_ones_own(planted: None) -> None:
    car = world.one_of(world.contracts.Contract).car_id

    assert client_with(Keys.issued().plain).get(f"/api/v1/cars/{car}/contracts/").json()["data"] == []


def personal_of(owner: User) -> dict[str, Any]:
    notices.notify([owner], "system", title="For you alone", key="alone")
    tokens.open_session(owner, now=timezone.now())
    private = saving.save("cars.car", "lifecycle__exact=active", "Mine", by=owner)
    return {
        "notifications": Notification.objects.get(user=owner).pk,
        "saved-filters": private.pk,
        "auth/sessions": TokenSession.objects.get(user=owner).pk,
    }


@pytest.mark.parametrize("role", ROLES)
def test_what_is_of_one_person_is_of_nobody_else_whatever_his_role(role: str) -> None:
    ids = personal_of(UserFactory(role="admin"))
    asked = [(one, ids[room(one)]) for one in of(*PERSONAL)]

    assert {room(one) for one, _ in asked} == set(PERSONAL)
    assert reached(client_of(UserFactory(role=role)), asked) == {}


def test_the_pages_of_the_admin_open_nothing_of_another_person() -> None:
    owner, browser, other = UserFactory(role="admin"), Client(), Client()
    ids = personal_of(owner)
    browser.force_login(owner)
    other.force_login(UserFactory(role="admin"))
    for pk in (ids["auth/sessions"], sessions.public_id(BrowserSession.objects.get(user=owner).session_key)):
        other.post(f"/admin/account/log-ins/{pk}/end/")

    assert len(sessions.alive(owner, now=timezone.now())) == 2
    assert other.get(f"/admin/notices/{ids['notifications']}/").status_code == 404


ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def test_a_program_outside_reads_of_people_only_itself(planted: None) -> None:
    clerk, program = UserFactory(role="manager"), Keys.issued()
    for label in ("cars.car", "cars.branch", "cars.category", "contracts.extra", "files.file", "contracts.contract"):
        apps.get_model(label)._base_manager.update(created_by=clerk)
    world.contracts.Contract.objects.filter(status="active").update(created_by=program.key.user)
    Customer.objects.update(created_by=program.key.user, verified_by=clerk, verified_at=timezone.now())
    client, ids = client_with(program.plain), ids_in_rooms()
    reads = [
        one for one in endpoints() if one.method == "get" and may("integrator", one) and "/auth/" not in one.nowhere
    ]
    ids |= {"contracts": world.contracts.Contract.objects.get(created_by=program.key.user).pk}
    answers = [client.get(one.path(ids.get(room(one)))) for one in reads if "stream" not in one.nowhere]

    assert len([answer for answer in answers if answer.status_code == 200]) > 15
    named = {pk for answer in answers if not answer.streaming for pk in ID.findall(answer.content.decode())}
    assert set(User.objects.filter(pk__in=named)) <= {program.key.user}
