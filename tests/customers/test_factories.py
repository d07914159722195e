"""What the factories make is valid."""

import pytest

from tests.factories.customers import CustomerFactory, DocumentFactory, FlagFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("traits", [{}, {"verified": True}, {"company": True}, {"young": True}])
def test_customers_of_every_trait_are_valid(traits: dict[str, bool]) -> None:
    CustomerFactory(**traits).full_clean()


def test_flags_and_documents_are_valid() -> None:
    FlagFactory(blocking=True).full_clean()
    DocumentFactory().full_clean()
