"""Finding a customer with what the counter has at hand."""

import pytest

from customers.models import Customer
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def zeljko() -> Customer:
    for other in ("Amra Hodžić", "Ivan Horvat", "Đorđe Ćatić"):
        CustomerFactory(name=other)
    return CustomerFactory(
        name="Željko Memišević", phone="+38765111222", email="zeljko@memisevic.ba", licence_number="ZM778899"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Željko",
        "zeljko",
        "MEMIŠEVIĆ",
        "memisevic",
        "memisevc",
        "065 111 222",
        "111222",
        "zeljko@mem",
        "zm7788",
        " zm 778899 ",
    ],
)
def test_typos_accents_and_parts_of_numbers_find_the_customer(zeljko: Customer, text: str) -> None:
    assert list(Customer.objects.search(text)) == [zeljko]


@pytest.mark.parametrize("text", ["xyzzy", "%", "_____", "'; DROP TABLE customers_customer; --", "💥", "\\"])
def test_what_is_not_there_finds_nobody(zeljko: Customer, text: str) -> None:
    assert not Customer.objects.search(text).exists()


def test_an_empty_search_finds_everybody(zeljko: Customer) -> None:
    assert Customer.objects.search("  ").count() == 4


def test_an_integrator_sees_only_what_it_created() -> None:
    integrator = UserFactory(role="integrator")
    own = CustomerFactory(created_by=integrator)
    CustomerFactory()
    assert list(Customer.objects.visible_to(integrator)) == [own]
    assert Customer.objects.visible_to(UserFactory(role="agent")).count() == 2
