"""Rows keep English; who reads them gets his own words, and what people typed stays as typed."""

from dataclasses import replace
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.utils import translation

from contracts import charges, lifecycle, payments, wording
from contracts.errors import IllegalStep
from fleet.money import shown
from tests.factories import contracts as given

SAME = [
    ("Rental, 3 days", "Najam, 3 dana"),
    ("late return", "kasni povrat"),
    ("Parking in 2 places", "Parking in 2 places"),
    ("2 × 3 boxes", "2 × 3 boxes"),
    ("", ""),
]
WITH_MONEY = [
    (
        "3 days × 50.00 (started 24 hours, 59 minutes of grace)",
        "3 days × 50.00 EUR (started 24 hours, 59 minutes of grace)",
        "3 dana × 50,00 EUR (započeta 24 sata, uz 59 minuta počeka)",
    ),
    ("2 × 3 days × 5.00", "2 × 3 days × 5.00 EUR", "2 × 3 dana × 5,00 EUR"),
    (
        "scratch, bonnet: estimated 120.00",
        "scratch, bonnet: estimated 120.00 EUR",
        "ogrebotina, hauba: procjena 120,00 EUR",
    ),
    (
        "A12-K-345 came back dirty: 40.00",
        "A12-K-345 came back dirty: 40.00 EUR",
        "A12-K-345 vraćeno prljavo: 40,00 EUR",
    ),
]


@pytest.mark.parametrize(("kept", "english", "bosnian"), [*((one, one, other) for one, other in SAME), *WITH_MONEY])
def test_what_is_kept_is_told_in_the_readers_words(kept: str, english: str, bosnian: str) -> None:
    assert wording.told(kept) == english
    with translation.override("bs"):
        assert wording.told(kept) == bosnian


def test_money_has_the_comma_of_the_language() -> None:
    assert shown(Decimal("1234.50")) == "1\u202f234.50 EUR"
    with translation.override("bs"):
        assert shown(Decimal("1234.50")) == "1\u202f234,50 EUR"


@pytest.mark.django_db
def test_a_charge_that_a_bosnian_colleague_accepts_is_kept_in_english() -> None:
    by = given.manager()
    dirty = given.returned(by=by, back=replace(given.BACK, clean=False))
    with translation.override("bs"):
        line = charges.accept(dirty.charges.get().pk, by=by, now=given.BACK_AT).line
    assert line is not None
    assert line.description == "cleaning"


@pytest.mark.django_db
def test_a_refusal_is_in_the_language_of_whoever_is_refused() -> None:
    by = given.manager()
    contract = given.booked(by=by)
    with translation.override("bs"), pytest.raises(IllegalStep) as refused:
        lifecycle.check_out(contract.pk, seen=given.FULL_TANK, by=by, now=given.OUT_AT)
    assert refused.value.detail == f"{contract.reference}: na čekanju; ugovor se ne može izdati."


@pytest.mark.django_db
def test_the_trail_names_a_row_in_one_language_whoever_wrote_it() -> None:
    contract = given.active(by=given.manager())
    with translation.override("bs"):
        payments.record(
            contract.pk, kind="payment", method="cash", amount=Decimal("1.00"), by=given.manager(), now=given.NOW
        )
    assert LogEntry.objects.filter(object_repr="payment 1.00").count() == 1
