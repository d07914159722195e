"""Customers, their documents and flags: the smallest that are valid, and traits for the states tests ask about."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from customers.models import Customer, Document, Flag


class _CounterFactory(DjangoModelFactory):
    """Whoever checked the papers: one account for all of them."""

    class Meta:
        model = User
        django_get_or_create = ("username",)
        skip_postgeneration_save = True

    username = "counter"


class CustomerFactory(DjangoModelFactory):
    """A person of 36 with a licence for 2020 to 2035."""

    class Meta:
        model = Customer

    class Params:
        verified = factory.Trait(
            verified_at=datetime(2026, 1, 5, 9, tzinfo=UTC),
            verified_by=factory.SubFactory(_CounterFactory),
        )
        company = factory.Trait(
            kind=Customer.Kind.COMPANY,
            company_name=factory.SelfAttribute("name"),
            vat_number="4200123450008",
        )
        young = factory.Trait(birth_date=date(2007, 6, 1), licence_issued_on=date(2025, 6, 1))

    name = factory.Sequence(lambda n: f"Amra Hodžić {n}")
    email = factory.Sequence(lambda n: f"amra{n}@example.com")
    phone = factory.Sequence(lambda n: f"+38761{n:06d}")
    address = "Titova 1"
    city = "Sarajevo"
    country = "BA"
    birth_date = date(1990, 5, 17)
    licence_number = factory.Sequence(lambda n: f"LIC{n:06d}")
    licence_country = "BA"
    licence_issued_on = date(2020, 1, 1)
    licence_expires_on = date(2035, 1, 1)


class FlagFactory(DjangoModelFactory):
    class Meta:
        model = Flag

    class Params:
        blocking = factory.Trait(
            kind=Flag.Kind.DO_NOT_RENT, level=Flag.Level.BLOCK, reason="Never came back with a car."
        )

    customer = factory.SubFactory(CustomerFactory)
    kind = Flag.Kind.NOTE
    level = Flag.Level.INFO
    reason = "Prefers to be called in the morning."


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    customer = factory.SubFactory(CustomerFactory)
    kind = Document.Kind.LICENCE_FRONT
    expires_on = date(2035, 1, 1)
