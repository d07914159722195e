"""What a customer signs: complete, final, the same bytes for the same words, kept when S3 is back."""

import io
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings
from pypdf import PdfReader

from contracts import agreement, lifecycle, printing, underway
from contracts.errors import AgreementOutdated, AgreementSigned, IllegalStep
from contracts.models import Agreement, Contract
from fleet.errors import Invalid
from fleet.storage import bucket
from tests.factories import contracts as given
from tests.factories.cars import DamageFactory
from tests.factories.contracts import BACK, END, FULL_TANK, OUT_AT

pytestmark = pytest.mark.django_db
WAVE = [[[x, 200 + x % 90] for x in range(100, 400, 10)], [[500, 300]]]


def text(found: Agreement) -> str:
    pages = PdfReader(io.BytesIO(printing.pdf(found))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def out(**fields: Any) -> Contract:
    return given.active(by=given.manager(), **fields)


def newest(contract: Contract) -> Agreement:
    return contract.agreements.newest_first()[0]


def signed(contract: Contract, **more: Any) -> Agreement:
    return agreement.sign(newest(contract).pk, strokes=WAVE, by=given.manager(), now=OUT_AT, **more)


@pytest.mark.parametrize("language", ["en", "bs"])
def test_it_says_in_two_languages_who_what_when_and_for_how_much(language: str) -> None:
    customer = given.driver(name="Đorđe Žuljević-Šćepanović", language=language)
    car = given.rentable_car(vin="WVWZZZ1JZXW000001")
    DamageFactory(car=car, note="duboka")
    said = text(out(customer=customer, car=car).agreements.get())
    for part in ("Đorđe Žuljević-Šćepanović", car.license_plate, car.vin, "R-2026-", customer.licence_number):
        assert part in said
    for part in ("Rental agreement", "Ugovor o najmu vozila", "rear bumper", "zadnji branik", "duboka", "8/8"):
        assert part in said
    assert ("120,00 EUR" in said, "120.00 EUR" in said) == (language == "bs", language == "en")


def test_an_extension_and_a_swap_write_versions_of_their_own() -> None:
    contract, by = out(), given.manager()
    underway.extend(contract.pk, end_at=END + timedelta(days=2), by=by, now=OUT_AT)
    other = given.rentable_car(manufacturer="Volkswagen", model="Golf")
    underway.swap(contract.pk, car_id=other.pk, back=BACK, out=FULL_TANK, by=by, now=OUT_AT + timedelta(hours=1))

    found = list(contract.agreements.order_by("number").values_list("number", "occasion"))
    last = newest(contract).snapshot

    assert found == [(1, "check_out"), (2, "extend"), (3, "swap")]
    assert [(car["plate"], car["back"] is None) for car in last["cars"]][1] == (other.license_plate, True)
    assert ([line["label"] for line in last["lines"]], last["total"]) == (["rental", "extension"], "200.00")


def test_later_changes_do_not_reach_it() -> None:
    contract = out()
    before = text(contract.agreements.get())
    contract.customer.name, contract.car.model = "Somebody Else", "Fabia"
    contract.customer.save()
    contract.car.save()

    assert text(contract.agreements.get()) == before


def test_the_same_words_give_the_same_bytes_and_their_digest_survives_the_database() -> None:
    found = out().agreements.get()
    first = printing.pdf(found)
    printing._compiler.cache_clear()

    assert printing.pdf(Agreement.objects.get(pk=found.pk)) == first
    assert printing.digest(Agreement.objects.get(pk=found.pk).snapshot) == found.sha256


@pytest.mark.parametrize("wanted", ['#eval("1+1")', "= Heading\n#pagebreak()", "\\ $x^2$ <b> ]#[", "\u202eabc"])
def test_whatever_a_name_holds_is_printed_as_text(wanted: str) -> None:
    found = out(customer=given.driver(name=wanted)).agreements.get()

    assert len(PdfReader(io.BytesIO(printing.pdf(found))).pages) == 1
    assert wanted.lstrip("\u202e").split()[0][:5] in text(found)


@pytest.mark.parametrize("change", ["snapshot = '{}'", "signed_at = now()", "number = 7", "language = 'xx'"])
def test_the_database_lets_nobody_change_one(change: str) -> None:
    found = out().agreements.get()

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE contracts_agreement SET {change} WHERE id = %s", [found.pk])  # noqa: S608 - our own words
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        found.delete()


def test_a_signature_makes_a_version_that_says_what_was_signed_by_whom_and_when() -> None:
    contract = out()
    plain = newest(contract)
    made = signed(contract, text_sha256=plain.sha256)
    assert (made.number, made.occasion, made.signed_at) == (2, "signed", OUT_AT)
    assert made.snapshot["signature"]["text_sha256"] == plain.sha256
    same = {name for name in plain.snapshot if plain.snapshot[name] == made.snapshot[name]}
    assert set(plain.snapshot) - same == {"version", "occasion", "signature", "date"} - same
    assert printing.pdf(made) != printing.pdf(plain)
    assert contract.agreements.get(number=1).signed_at is None


def test_what_is_signed_or_outdated_is_not_signed_again() -> None:
    contract, by = out(), given.manager()
    first = newest(contract)
    with pytest.raises(AgreementOutdated):
        signed(contract, text_sha256="0" * 64)
    underway.extend(contract.pk, end_at=END + timedelta(days=2), by=by, now=OUT_AT)
    with pytest.raises(AgreementOutdated):
        agreement.sign(first.pk, strokes=WAVE, by=by, now=OUT_AT)
    signed(contract)
    with pytest.raises(AgreementSigned):
        signed(contract)


def test_nothing_is_signed_before_the_car_is_out_or_after_the_books_are_closed() -> None:
    contract = given.closed(by=given.manager())

    with pytest.raises(IllegalStep):
        signed(contract)
    assert not given.confirmed(by=given.manager()).agreements.exists()


@pytest.mark.parametrize("strokes", [[], [[[1, 1]]], [[[1, 1], [2000, 1]]], [[["a", 1], [1, 1]]], [[[1], [2]]], "x"])
def test_only_a_drawing_within_the_pad_is_a_signature(strokes: Any) -> None:
    found = newest(out())

    with pytest.raises(Invalid):
        agreement.sign(found.pk, strokes=strokes, by=given.manager(), now=OUT_AT)


def test_a_worker_keeps_each_pdf_once() -> None:
    found = out().agreements.get()
    assert (agreement.store_waiting(), agreement.store_waiting()) == (1, 0)
    kept = Agreement.objects.get(pk=found.pk)

    assert bucket().fetch(kept.file.name or "") == printing.pdf(found) == agreement.pdf(kept)
    assert len(kept.pdf_sha256) == 64


def test_while_s3_is_silent_nothing_is_lost_and_the_paper_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    first = out().agreements.get()
    agreement.store(first)
    monkeypatch.setattr(bucket(), "_silent_until", time.monotonic() + 60)
    second = out().agreements.get()

    assert agreement.store_waiting() == 0
    assert agreement.pdf(Agreement.objects.get(pk=first.pk)) == printing.pdf(first)
    assert agreement.pdf(second)
    monkeypatch.setattr(bucket(), "_silent_until", 0.0)
    assert agreement.store_waiting() == 1


def test_a_changed_copy_is_not_shown() -> None:
    found = agreement.store(out().agreements.get())
    bucket().put(found.file.name or "", b"%PDF-1.7 forged", "application/pdf")

    assert agreement.pdf(found) == printing.pdf(found)


def test_a_check_out_costs_two_statements_more_for_its_agreement() -> None:
    contract, by = given.confirmed(by=given.manager()), given.manager()
    counted: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        counted.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        lifecycle.check_out(contract.pk, seen=FULL_TANK, by=by, now=OUT_AT)

    assert sum("contracts_agreement" in sql for sql in counted) == 2


def test_codes_are_long_and_read_as_typed() -> None:
    found = out().agreements.get()
    assert len(found.verification_code) == 20
    typed = printing.grouped(found.verification_code).lower().replace("0", "o").replace("1", "l")

    assert agreement.verdict(typed).reference == found.contract.reference
    assert not agreement.verdict(found.verification_code[:-1]).valid


@override_settings(COMPANY_NAME="Sarajevo Rent d.o.o.", COMPANY_LINES=("Titova 1",), FLEET_URL="https://rent.example")
def test_it_names_the_company_and_leads_to_the_public_page() -> None:
    said = text(out().agreements.get())

    assert "Sarajevo Rent d.o.o." in said
    assert "https://rent.example/verify/" in said.replace(" ", "")


def test_a_contract_from_elsewhere_gets_its_agreement_once() -> None:
    contract, by = out(), given.manager()
    with pytest.raises(IllegalStep):
        agreement.draw_up(contract.pk, by=by, now=OUT_AT)
    with pytest.raises(IllegalStep):
        agreement.draw_up(given.confirmed(by=by).pk, by=by, now=OUT_AT)
    with connection.cursor() as cursor:  # as an import leaves it; otherwise the trigger lets nobody delete one
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM contracts_agreement")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")

    assert agreement.draw_up(contract.pk, by=by, now=OUT_AT).number == 1


def test_long_words_stay_on_their_side_of_the_page() -> None:
    long = f"{'x' * 60}@{'y' * 40}.example.com"
    found = out(customer=given.driver(name="Ž" * 90, email=long)).agreements.get()
    page = PdfReader(io.BytesIO(printing.pdf(found))).pages[0]

    assert long not in page.extract_text()  # broken into several lines
