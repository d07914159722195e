"""What a customer's data must look like, whichever door it comes through."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from customers import identity, phones
from customers.models import Customer
from customers.privacy import hidden, masked
from fleet import territory
from fleet.errors import Invalid
from tests.factories.customers import CustomerFactory

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("written", "country", "kept"),
    [
        ("061 222 333", "BA", "+38761222333"),
        ("+387 61/222-333", "", "+38761222333"),
        ("061 222 333", "", "+38761222333"),  # at home
        ("091 234 5678", "HR", "+385912345678"),
        ("0038761222333", "", "+38761222333"),
        ("00491711234567", "BA", "+491711234567"),
        ("(212) 555-0100", "US", "+12125550100"),
        ("  ", "BA", ""),
    ],
)
def test_phone_numbers_are_kept_as_e164(written: str, country: str, kept: str) -> None:
    assert phones.normalised(written, country) == kept


def test_phone_numbers_are_shown_in_groups_and_abroad_with_their_country() -> None:
    kept = ("+38761222333", "+385912345678", "+38764741604", "")
    assert [phones.shown(one) for one in kept] == ["061 222 333", "+385 91 234 5678", "+387 64741604", ""]


@pytest.mark.parametrize(("zone", "country"), [("Europe/Sarajevo", "BA"), ("Europe/Zagreb", "HR"), ("UTC", "")])
def test_a_time_zone_says_the_country(zone: str, country: str) -> None:
    assert territory.of_zone(zone) == country


@pytest.mark.parametrize(
    ("written", "country", "why"),
    [
        ("123", "BA", "too short"),
        ("+387 61 222 333 444 555", "", "too long"),
        ("+999 123 456 789", "BA", "country code"),
        ("call me", "BA", "no phone number"),
        ("+" * 40, "BA", "no phone number"),
    ],
)
def test_what_is_no_phone_number_says_why(written: str, country: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        phones.normalised(written, country)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"birth_date": date(2010, 11, 25)}, "birth_date"),
        ({"birth_date": date(1906, 11, 23)}, "birth_date"),
        ({"birth_date": date(2030, 1, 1), "licence_issued_on": None}, "birth_date"),
        ({"licence_issued_on": date(2026, 11, 25)}, "licence_issued_on"),
        ({"licence_issued_on": date(1990, 5, 17)}, "licence_issued_on"),
        ({"licence_expires_on": date(2020, 1, 1)}, "licence_expires_on"),
        ({"name": "  "}, "name"),
    ],
)
def test_what_cannot_be_true_is_named(changes: dict[str, object], field: str) -> None:
    assert set(identity.problems(CustomerFactory.build(**changes), TODAY)) == {field}


@pytest.mark.parametrize("born", [date(2010, 11, 24), date(1906, 11, 24), None])
def test_the_ages_at_the_edge_are_possible(born: date | None) -> None:
    assert identity.problems(CustomerFactory.build(birth_date=born, licence_issued_on=None), TODAY) == {}


def test_who_is_born_on_29_february_is_sixteen_on_1_march() -> None:
    child = CustomerFactory.build(birth_date=date(2012, 2, 29), licence_issued_on=None)
    assert identity.problems(child, date(2028, 2, 28))
    assert not identity.problems(child, date(2028, 2, 29))


@pytest.mark.django_db
def test_the_model_refuses_what_cannot_be_true() -> None:
    with pytest.raises(ValidationError, match="between 16 and 120"):
        CustomerFactory.build(birth_date=date(1800, 1, 1)).full_clean()


@pytest.mark.django_db
def test_numbers_of_papers_are_compared_without_spaces_in_upper_case() -> None:
    customer = CustomerFactory(licence_number=" ab 12 34", passport_number="p 99 ")
    assert (customer.licence_number, customer.passport_number) == ("AB1234", "P99")
    assert Customer.objects.with_licence("AB 1234").get() == customer


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("AB12345678", "•••5678"),
        ("A123", "•••3"),
        ("amra@example.com", "a•••@example.com"),
        ("", ""),
        (None, ""),
    ],
)
def test_masked_values_can_be_recognised_but_not_read(value: str | None, shown: str) -> None:
    assert masked(value) == shown


def test_hidden_values_say_only_that_they_are_there() -> None:
    assert (hidden(date(1990, 1, 1)), hidden("")) == ("•••", "")
