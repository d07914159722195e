"""The trail as a file: people read its head in their language, programs read the same keys for ever."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.columns import COLUMNS, TITLES
from tests.factories.accounts import UserFactory, client_of

pytestmark = pytest.mark.django_db
ENGLISH = "Id,When (UTC),Action,Model,Object id,Object,Who,Door,Address,Request id,Changes"


def head(answer: object) -> str:
    return b"".join(answer).decode("utf-8-sig").splitlines()[0]  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("language", "wanted"), [("bs", "Id,Kada (UTC),Radnja,Vrsta zapisa,"), ("en", "Id,When (UTC),Action,")]
)
def test_the_file_of_the_page_has_its_head_in_the_readers_language(language: str, wanted: str) -> None:
    client = Client()
    client.force_login(UserFactory(role="auditor", language=language))

    assert head(client.get(reverse("admin:audit_export"))).startswith(wanted)


def test_the_file_of_the_api_has_the_same_head_in_every_language() -> None:
    client = client_of(UserFactory(role="auditor", language="bs"))

    assert head(client.get("/api/v1/audit/export/", headers={"Accept-Language": "bs"})) == ENGLISH
    assert list(TITLES) == list(COLUMNS)
