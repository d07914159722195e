"""Who has shown the papers, and when that is not true any more."""

from datetime import UTC, date, datetime

import pytest

from accounts.models import User
from customers import verification
from customers.errors import Gone, LicenceExpired, NotVerified, Unverifiable
from customers.models import Customer
from notifications.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, DocumentFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def by() -> User:
    return UserFactory(role="agent")


def test_verifying_says_who_and_when(by: User) -> None:
    customer = verification.verify(CustomerFactory().pk, by=by, now=NOW)
    assert (customer.verified_at, customer.verified_by) == (NOW, by)
    assert Event.objects.get().type == "customer.verified"


@pytest.mark.parametrize("field", ["licence_number", "licence_country", "licence_expires_on", "birth_date"])
def test_papers_that_are_not_recorded_cannot_be_verified(by: User, field: str) -> None:
    customer = CustomerFactory(**{field: None if field.endswith(("_on", "_date")) else ""})
    with pytest.raises(Unverifiable) as caught:
        verification.verify(customer.pk, by=by, now=NOW)
    assert caught.value.data == {"missing": [field]}


def test_a_company_is_verified_by_its_tax_number(by: User) -> None:
    company = CustomerFactory(company=True, licence_number="", licence_expires_on=None)
    assert verification.verify(company.pk, by=by, now=NOW).verified_at == NOW


def test_an_expired_licence_is_not_verified(by: User) -> None:
    customer = CustomerFactory(licence_expires_on=date(2026, 11, 23))
    with pytest.raises(LicenceExpired):
        verification.verify(customer.pk, by=by, now=NOW)


def test_a_licence_is_good_on_its_last_day(by: User) -> None:
    customer = CustomerFactory(licence_expires_on=date(2026, 11, 24))
    assert verification.verify(customer.pk, by=by, now=NOW).verified_at


def test_an_anonymised_customer_is_not_verified(by: User) -> None:
    with pytest.raises(Gone):
        verification.verify(CustomerFactory(status=Customer.Status.ANONYMISED).pk, by=by, now=NOW)


def test_the_confirmation_can_be_taken_back_once(by: User) -> None:
    customer = CustomerFactory(verified=True)
    assert verification.unverify(customer.pk, by=by, now=NOW).verified_at is None
    with pytest.raises(NotVerified):
        verification.unverify(customer.pk, by=by, now=NOW)


@pytest.mark.parametrize(
    "change",
    [{"licence_number": "OTHER1"}, {"licence_expires_on": date(2040, 1, 1)}, {"name": "Somebody Else"}],
)
def test_other_papers_are_not_verified_yet(change: dict[str, object]) -> None:
    customer = Customer.objects.get(pk=CustomerFactory(verified=True).pk)
    for name, value in change.items():
        setattr(customer, name, value)
    customer.save(update_fields=list(change))
    customer.refresh_from_db()
    assert (customer.verified_at, customer.verified_by) == (None, None)


def test_a_new_address_keeps_the_confirmation() -> None:
    customer = Customer.objects.get(pk=CustomerFactory(verified=True).pk)
    customer.address, customer.licence_number = "Nova 2", customer.licence_number.lower()
    customer.save()
    assert Customer.objects.get().verified_at is not None


def test_a_document_is_verified_by_name(by: User) -> None:
    document = verification.verify_document(DocumentFactory().pk, by=by, now=NOW)
    assert (document.verified_at, document.verified_by) == (NOW, by)
