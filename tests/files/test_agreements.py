"""The PDF of an agreement: kept in the bucket, opened by a link that is put on record."""

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse

from contracts import printing
from contracts.models import Agreement
from tests.factories import contracts
from tests.factories.accounts import UserFactory, client_as
from tests.files.conftest import fetched

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement() -> Agreement:
    return contracts.active(by=contracts.manager()).agreements.get()


def last_access() -> Any:
    return LogEntry.objects.filter(action=LogEntry.Action.ACCESS).latest("pk")


def test_a_program_gets_a_link_and_the_pdf(agreement: Agreement) -> None:
    client = client_as("accountant")
    link = client.get(f"/api/v1/agreements/{agreement.pk}/file/").json()
    status, headers, body = fetched(link["url"])
    assert (status, headers["Content-Type"], body) == (200, "application/pdf", printing.pdf(agreement))
    assert headers["Content-Disposition"] == f'inline; filename="{agreement}.pdf"'
    assert (last_access().object_pk, last_access().actor) == (str(agreement.pk), client.user)


@pytest.mark.parametrize("role", ["mechanic", "integrator", "viewer"])
def test_who_may_not_see_agreements_gets_no_link(agreement: Agreement, role: str) -> None:
    assert client_as(role).get(f"/api/v1/agreements/{agreement.pk}/file/").status_code == 403


def test_a_clerk_opens_it_from_its_page(agreement: Agreement) -> None:
    client = Client()
    client.force_login(UserFactory(role="agent"))
    where = reverse("admin:contracts_agreement_file", args=[agreement.pk])
    shown = client.get(reverse("admin:contracts_agreement_change", args=[agreement.pk]))
    assert where in shown.content.decode()
    assert client.get(where).content == printing.pdf(agreement)
    assert last_access().additional_data["what"] == "download"
