"""Rental agreement: bilingual, from a template, downloaded at its contract — and what a stranger may know of it."""

import io
from pathlib import Path
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from pypdf import PdfReader
from rest_framework.test import APIClient

from contracts import agreement
from contracts.models import Agreement, Contract
from tests.factories import contracts as given
from tests.factories.accounts import client_as

pytestmark = pytest.mark.django_db
WAVE = [[[x, 200 + x % 90] for x in range(100, 400, 10)]]


@pytest.fixture
def contract() -> Contract:
    return given.active(by=given.manager())


def place(contract: Contract, rest: str = "") -> str:
    return f"/api/v1/contracts/{contract.pk}/agreement/{rest}"


def words(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_download_of_the_agreement(contract: Contract) -> None:
    client = client_as("agent")
    answer = client.get(place(contract, "pdf/"))

    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/pdf",
        f'inline; filename="{contract} v1.pdf"',
    )
    assert contract.reference in words(answer.content)
    access: Any = LogEntry.objects.filter(action=LogEntry.Action.ACCESS).latest("pk")
    assert (access.additional_data["what"], access.actor) == ("download", client.user)


def test_rental_agreement_bilingual_from_a_template(contract: Contract) -> None:
    said = words(client_as("agent").get(place(contract, "pdf/")).content)

    assert "Rental agreement" in said
    assert "Ugovor o najmu vozila" in said


def test_versioned_with_a_verification_code(contract: Contract) -> None:
    client = client_as("agent")
    first = client.get(place(contract)).json()["agreement"]
    signed = client.post(f"/api/v1/agreements/{first['id']}/sign/", {"strokes": WAVE, "text_sha256": first["sha256"]})
    shown = client.get(place(contract)).json()
    old = client.get(place(contract), {"version": 1}).json()

    assert (signed.status_code, signed.json()["number"]) == (201, 2)
    assert ([one["number"] for one in shown["versions"]], shown["agreement"]["signed_at"] is not None) == ([2, 1], True)
    assert (old["agreement"]["number"], old["pdf"].endswith("agreement/pdf/?version=1")) == (1, True)


def test_a_program_that_takes_pdf_only_gets_it(contract: Contract) -> None:
    answer = client_as("agent").get(place(contract, "pdf/"), headers={"Accept": "application/pdf"})

    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


@pytest.mark.parametrize(("version", "status"), [("9", 404), ("x", 400), ("-1", 400), ("²", 400)])
def test_a_version_that_is_none(contract: Contract, version: str, status: int) -> None:
    assert client_as("agent").get(place(contract), {"version": version}).status_code == status


def test_before_check_out_there_is_none() -> None:
    assert client_as("agent").get(place(given.confirmed(by=given.manager()))).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "mechanic", "integrator"])
def test_who_may_not_see_personal_data_may_not_read_it(contract: Contract, role: str) -> None:
    assert client_as(role).get(place(contract, "pdf/")).status_code == 403


# The public page.


def test_anybody_learns_whether_a_code_is_ours_and_nothing_about_people(contract: Contract) -> None:
    found = contract.agreements.get()
    page = Client().get(f"/verify/{found.verification_code}/")
    answer = APIClient().get(f"/api/v1/verify/{found.verification_code}/").json()

    assert (answer["valid"], answer["reference"], answer["newest"]) == (True, contract.reference, True)
    for secret in (contract.customer.name, contract.customer.phone, contract.car.license_plate, str(contract.pk)):
        assert secret not in page.content.decode()
        assert secret not in str(answer)
    assert "Yes" in page.content.decode()


@pytest.mark.parametrize("code", ["00000000000000000000", "x", "%27%20OR%201=1", "ž" * 40])
def test_a_code_that_is_not_ours_is_answered_in_the_same_way(code: str) -> None:
    page, answer = Client().get(f"/verify/{code}/"), APIClient().get(f"/api/v1/verify/{code}/")

    assert (page.status_code, answer.status_code, answer.json()["valid"]) == (200, 200, False)
    assert "No" in page.content.decode()


def test_a_right_and_a_wrong_code_ask_the_same_one_question(contract: Contract, django_assert_num_queries: Any) -> None:
    for code in (contract.agreements.get().verification_code, "00000000000000000000"):
        with django_assert_num_queries(1):
            agreement.verdict(code)


def test_a_code_may_be_typed(contract: Contract) -> None:
    code = contract.agreements.get().verification_code
    answer = Client().get("/verify/", {"code": f" {code[:4]}-{code[4:].lower()} "}, follow=True)

    assert "Yes" in answer.content.decode()


def test_the_page_is_refused_to_who_asks_too_often(contract: Contract, settings: Any) -> None:
    settings.FLEET_RATES = {**settings.FLEET_RATES, "verify": "2/1m"}

    assert [Client().get("/verify/x/").status_code for _ in range(3)] == [200, 200, 429]


# The command.


def test_render_contract(contract: Contract, tmp_path: Path) -> None:
    call_command("render_contract", contract.reference, output=tmp_path / "a.pdf")
    call_command("render_contract", contract.reference, output=tmp_path / "b.pdf", number=1)

    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes() == agreement.pdf(newest(contract))
    with pytest.raises(CommandError, match="no such agreement"):
        call_command("render_contract", "R-2026-999999", output=tmp_path / "c.pdf")


def newest(contract: Contract) -> Agreement:
    return contract.agreements.newest_first()[0]
