"""What comes due for people: licences, passports, documents. For whom it matters, the contracts above know."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Customer, Document
from customers.querysets import CustomerQuerySet
from fleet.due import Subject


@dataclass(frozen=True)
class Ending:
    """A proof of a person and its last good day."""

    customer_id: UUID
    subject: Subject
    last: date
    label: str
    object_id: UUID
    person: str
    said: str  # what it is, for people


def endings(people: CustomerQuerySet, until: date) -> Iterator[Ending]:
    """Yield what ends by that day, or has ended; a document counts until a longer one of its kind replaces it."""
    living = people.living().order_by()
    person, document = Customer._meta.label_lower, Document._meta.label_lower
    for one in living.filter(Q(licence_expires_on__lte=until) | Q(passport_expires_on__lte=until)):
        for subject, last, said in (
            (Subject.LICENCE, one.licence_expires_on, _("driving licence")),
            (Subject.PASSPORT, one.passport_expires_on, _("passport")),
        ):
            if last is not None and last <= until:
                yield Ending(one.pk, subject, last, person, one.pk, one.name, said)
    scans = Document.objects.current().filter(customer__in=living.values("pk"), expires_on__lte=until)
    for scan in scans.order_by().select_related("customer"):
        last, said = scan.expires_on, scan.get_kind_display()
        if last is not None:
            yield Ending(scan.customer_id, Subject.DOCUMENT, last, document, scan.pk, scan.customer.name, said)
