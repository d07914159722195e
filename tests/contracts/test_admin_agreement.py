"""The agreement on a contract's page: opened, signed, listed version by version."""

import json
from typing import Any

import pytest

from contracts.models import Contract
from tests.contracts.desk import client_in, page, step, text
from tests.factories import contracts as given

pytestmark = pytest.mark.django_db
WAVE = [[[x, 200 + x % 90] for x in range(100, 400, 10)]]


def filled(shown: Any, strokes: Any) -> dict[str, Any]:
    form = shown.context["form"]
    hidden = {name: form.fields[name].initial for name in ("agreement", "text_sha256", "name")}
    return {**hidden, "strokes": json.dumps(strokes) if strokes else ""}


@pytest.fixture
def contract() -> Contract:
    return given.active(by=given.manager())


def test_the_button_opens_the_newest_pdf(contract: Contract) -> None:
    client, _ = client_in("agent")
    shown = client.get(page("contract", "handovers", contract.pk))
    opened = client.get(step(contract, "agreement"), follow=True)

    assert "R-2026-000001 v1.pdf" in text(shown)
    assert (opened["Content-Type"], opened.content[:5]) == ("application/pdf", b"%PDF-")


def test_the_customer_signs_once(contract: Contract) -> None:
    client, user = client_in("agent")
    form = client.get(step(contract, "sign"))
    empty = client.post(step(contract, "sign"), filled(form, None))
    client.post(step(contract, "sign"), filled(form, WAVE))
    signed = contract.agreements.newest_first()[0]

    assert "Nobody has signed yet." in text(empty)
    assert (signed.number, signed.created_by, signed.signed_at is not None) == (2, user, True)
    assert "Sign</" not in text(client.get(page("contract", "change", contract.pk)))


def test_who_may_not_see_personal_data_does_not_open_it(contract: Contract) -> None:
    client, _ = client_in("viewer")
    where = page("agreement", "file", contract.agreements.get().pk)

    assert client.get(where).status_code == 403


def test_before_check_out_there_is_no_button() -> None:
    client, _ = client_in("agent")
    booked = given.confirmed(by=given.manager())

    assert step(booked, "agreement") not in text(client.get(page("contract", "change", booked.pk)))
    assert client.get(step(booked, "agreement")).status_code == 404
