"""Reads of customers."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q, Value
from django.db.models.functions import Upper

from fleet.db.base import BaseQuerySet
from fleet.db.text import Unaccented

if TYPE_CHECKING:
    from customers.models import Customer, Document, Flag


class CustomerQuerySet(BaseQuerySet["Customer"]):
    def living(self) -> Self:
        """Customers that have not been anonymised."""
        return self.filter(status="active")

    def visible_to(self, user: Any) -> Self:
        """All customers for staff; an integrator sees the ones its keys created."""
        if user.groups.filter(name="integrator").exists():
            return self.filter(created_by=user)
        return self

    def search(self, text: str) -> Self:
        """Customers by name (typos and accents forgiven), phone, e-mail, licence or passport."""
        words = text.strip()
        if not words:
            return self
        number = "".join(c for c in words.upper() if c.isalnum() or c in "@.+-_")
        likeness = TrigramWordSimilarity(Unaccented(Value(words)), Unaccented("name"))
        match = Q(likeness__gte=0.5)
        if len(number) >= 3:
            match |= Q(phone__contains=number.lstrip("+0")) | Q(email_upper__contains=number)
            match |= Q(licence_upper__contains=number) | Q(passport_upper__contains=number)
        return self.annotate(likeness=likeness).alias(
            email_upper=Upper("email"), licence_upper=Upper("licence_number"), passport_upper=Upper("passport_number")
        ).filter(match)


class DocumentQuerySet(BaseQuerySet["Document"]):
    def expiring(self, first: date, last: date) -> Self:
        return self.filter(expires_on__range=(first, last))


class FlagQuerySet(BaseQuerySet["Flag"]):
    def open(self) -> Self:
        return self.filter(cleared_at__isnull=True)
