"""Somebody has looked at the customer's papers, or has found that they do not hold."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from customers.errors import Gone, LicenceExpired, NotVerified, Unverifiable
from customers.models import Customer, Document
from fleet.actor import verb
from notifications import outbox

# What the papers must prove, by who shows them.
PROOF: Final = {
    Customer.Kind.PERSON: ("birth_date", "licence_number", "licence_country", "licence_expires_on"),
    Customer.Kind.COMPANY: ("company_name", "vat_number"),
}


@verb
def verify(customer_id: UUID, *, by: User, now: datetime) -> Customer:
    """Confirm that the papers were seen; a second time it says when they were seen last.

    Raises Unverifiable, LicenceExpired and Gone.
    """
    customer = Customer.objects.lock(customer_id)
    if customer.status != Customer.Status.ACTIVE:
        raise Gone
    missing = [name for name in PROOF[Customer.Kind(customer.kind)] if not getattr(customer, name)]
    if missing:
        raise Unverifiable(missing=missing)
    if customer.licence_expires_on and customer.licence_expires_on < timezone.localdate(now):
        raise LicenceExpired(expired_on=customer.licence_expires_on.isoformat())
    return _marked(customer, now, by, "customer.verified")


@verb
def unverify(customer_id: UUID, *, by: User, now: datetime) -> Customer:
    """Take the confirmation back. Raises NotVerified."""
    customer = Customer.objects.lock(customer_id)
    if customer.verified_at is None:
        raise NotVerified
    return _marked(customer, None, None, "customer.unverified")


@verb
def verify_document(document_id: UUID, *, by: User, now: datetime) -> Document:
    """Confirm that the scan shows what it should."""
    document = Document.objects.lock(document_id)
    document.verified_at, document.verified_by = now, by
    document.save(update_fields=["verified_at", "verified_by"])
    return document


def _marked(customer: Customer, at: datetime | None, by: User | None, event: str) -> Customer:
    customer.verified_at, customer.verified_by = at, by
    customer.save(update_fields=["verified_at", "verified_by"])
    outbox.publish(event, customer, key=f"{event}:{customer.pk}:{customer.version}")
    return customer
