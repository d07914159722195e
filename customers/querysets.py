"""Reads of customers."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Upper

from accounts import access
from customers import identity
from files.querysets import holds_files
from fleet.db.base import BaseQuerySet
from fleet.db.text import Unaccented

if TYPE_CHECKING:
    from customers.models import Customer, Document, Flag


_SHORTEST = 3  # a trigram index cannot help with less


def _likeness(text: str) -> Q:
    # The operator, not the function: only the operator can use the index. Its threshold is PostgreSQL's, 0.6.
    return Q(plain_name__trigram_word_similar=Unaccented(Value(text.strip())))


class CustomerQuerySet(BaseQuerySet["Customer"]):
    def living(self) -> Self:
        """Customers that have not been anonymised."""
        return self.filter(status="active")

    def visible_to(self, user: Any) -> Self:
        """All customers for staff; an integrator sees the ones its keys created."""
        if access.has_role(user, "integrator"):
            return self.filter(created_by=user)
        return self

    def named_like(self, text: str) -> Self:
        """Customers by name, typos and accents forgiven."""
        return self.alias(plain_name=Unaccented("name")).filter(_likeness(text)) if text.strip() else self

    def likest_first(self, text: str) -> Self:
        """Customers in the order in which their names resemble the text."""
        alike = TrigramWordSimilarity(Unaccented(Value(text.strip())), Unaccented("name"))  # type: ignore[arg-type] # any expression will do
        return self.alias(alike=alike).order_by("-alike", "name", "id")

    def search(self, text: str) -> Self:
        """Customers by name (typos and accents forgiven), phone, e-mail, licence or passport."""
        if not text.strip():
            return self
        number = "".join(c for c in text.upper() if c.isalnum() or c in "@.+-_")
        match = _likeness(text)
        if len(number) >= _SHORTEST:
            match |= Q(phone__contains=number.lstrip("+0")) | Q(email_upper__contains=number)
            match |= Q(licence_upper__contains=number) | Q(passport_upper__contains=number)
        return self.alias(
            plain_name=Unaccented("name"),
            email_upper=Upper("email"),
            licence_upper=Upper("licence_number"),
            passport_upper=Upper("passport_number"),
        ).filter(match)

    def with_passport(self, number: str) -> Self:
        return self.alias(passport_upper=Upper("passport_number")).filter(passport_upper=identity.number(number))

    def with_licence(self, number: str) -> Self:
        return self.alias(licence_upper=Upper("licence_number")).filter(licence_upper=identity.number(number))

    def with_email(self, address: str) -> Self:
        return self.alias(email_upper=Upper("email")).filter(email_upper=address.strip().upper())


class DocumentQuerySet(BaseQuerySet["Document"]):
    def with_file(self) -> Self:
        return self.annotate(has_file=holds_files(self.model))

    def expiring(self, first: date, last: date) -> Self:
        return self.filter(expires_on__range=(first, last))

    def current(self) -> Self:
        """Documents that no other of their customer and kind outlasts."""
        later = Q(expires_on__gt=OuterRef("expires_on")) | Q(expires_on=OuterRef("expires_on"), id__gt=OuterRef("id"))
        same = self.model._default_manager.filter(later, customer=OuterRef("customer"), kind=OuterRef("kind"))
        return self.filter(~Exists(same.order_by()))


class FlagQuerySet(BaseQuerySet["Flag"]):
    def open(self) -> Self:
        return self.filter(cleared_at__isnull=True)
