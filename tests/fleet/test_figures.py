"""Figures in the lists of the admin: for people to read, still to be sorted by."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from cars.models import Category
from fleet.admin import figures
from tests.factories.accounts import UserFactory
from tests.factories.cars import CategoryFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("value", "words"),
    [(Decimal("1500.00"), "1\u202f500.00 EUR"), (40693, "40\u202f693"), (0, "0"), (None, None)],
)
def test_a_figure_is_grouped_and_money_has_its_currency(value: Decimal | int | None, words: str | None) -> None:
    assert figures.shown(value) == words


def test_only_money_and_whole_numbers_change_and_what_leads_to_the_record_stays() -> None:
    names = ("name", "code", "deposit", "km_per_day", "upgrade_rank")
    shown = figures.columns(Category, names, ["upgrade_rank"])
    assert [one if isinstance(one, str) else one.__name__ for one in shown] == [
        "name",
        "code",
        "figure_deposit",
        "figure_km_per_day",
        "upgrade_rank",
    ]


def test_a_list_can_be_sorted_by_a_sum_that_is_shown_in_words() -> None:
    for name, deposit in (("Small", 900), ("Large", 12000)):
        CategoryFactory(name=name, deposit=deposit)
    client = Client()
    client.force_login(UserFactory(role="manager"))
    page = client.get(reverse("admin:cars_category_changelist"), {"o": "-4"}).content.decode()
    assert "12\u202f000.00 EUR" in page
    assert page.index("12\u202f000.00 EUR") < page.index("900.00 EUR")
