"""Keys are offered for what their user may open, and each leads to a page."""

import json
import re

import pytest
from django.test import Client

from accounts.roles import STAFF_ROLES
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def keys_of(role: str) -> tuple[Client, dict[str, str]]:
    client = Client()
    client.force_login(UserFactory(role=role))
    page = client.get("/admin/notices/").content.decode()
    found = re.search(r'<script id="fleet-keys" type="application/json">(.*?)</script>', page)
    assert found
    return client, {one["keys"]: one.get("link", "") for one in json.loads(found[1])}


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_every_key_leads_to_a_page_that_opens(role: str) -> None:
    client, keys = keys_of(role)
    assert {link: client.get(link).status_code for link in keys.values() if link} == {
        link: 200 for link in keys.values() if link
    }


def test_a_mechanic_is_offered_no_rental_and_an_agent_is() -> None:
    assert ("n" in keys_of("mechanic")[1], "n" in keys_of("agent")[1]) == (False, True)
