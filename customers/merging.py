"""Two customers that are one: everything goes to the one that is kept, the other stays as a sign-post."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext

from accounts.models import User
from customers import holders
from customers.errors import DifferentLicences, Gone
from customers.models import Customer
from fleet.actor import verb
from fleet.errors import Invalid
from notifications import outbox

# Taken over where the kept customer has nothing; what belongs together goes together.
_FILLED: Final = (
    ("father_name",),
    ("email",),
    ("phone",),
    ("address", "city", "country"),
    ("birth_date",),
    ("personal_id",),
    ("passport_number", "passport_expires_on"),
    ("licence_number", "licence_country", "licence_issued_on", "licence_expires_on"),
    ("company_name", "vat_number"),
)


@verb
def merge(
    kept_id: UUID, duplicate_id: UUID, *, by: User, now: datetime, different_licences: bool = False
) -> tuple[Customer, dict[str, int]]:
    """Make the duplicate part of the kept customer; return it and what was moved. Nothing undoes it but work by hand.

    Done again it moves what has come since. Raises Gone, Invalid, and DifferentLicences unless told that both are his.
    """
    if kept_id == duplicate_id:
        raise Invalid(duplicate=gettext("A customer cannot be merged with itself."), code="same_customer")
    both = {pk: Customer.objects.lock(pk) for pk in sorted((kept_id, duplicate_id))}
    kept, gone = both[kept_id], both[duplicate_id]
    again = gone.merged_into_id == kept.pk
    if kept.status != Customer.Status.ACTIVE or (gone.status != Customer.Status.ACTIVE and not again):
        raise Gone
    if not again:
        _check_licences(kept, gone, different_licences=different_licences)
    moved = {"documents": _move(gone.documents.all(), kept), "flags": _move(gone.flags.all(), kept)}
    for holder in holders.all_holders():
        moved.update(holder.move(gone, kept))
    if not again:
        for earlier in Customer.objects.filter(merged_into=gone):
            earlier.merged_into = kept
            earlier.save(update_fields=["merged_into"])
        gone.status, gone.merged_into = Customer.Status.MERGED, kept
        gone.save(update_fields=["status", "merged_into"])
        _fill(kept, gone)
    key = f"customer.merged:{gone.pk}:{gone.version}:{now.isoformat()}"
    outbox.publish("customer.merged", kept, key=key, payload={"duplicate": str(gone.pk)})
    return kept, moved


def _check_licences(kept: Customer, gone: Customer, *, different_licences: bool) -> None:
    numbers = {one.licence_number for one in (kept, gone)} - {""}
    if len(numbers) > 1 and not different_licences:
        raise DifferentLicences


def _move(rows: QuerySet[Any], kept: Customer) -> int:
    moved = list(rows)
    for row in moved:
        row.customer = kept
        row.save(update_fields=["customer"])
    return len(moved)


def _fill(kept: Customer, gone: Customer) -> None:
    """Take over what the kept customer lacks. Proofs that come with it are to be verified anew (Customer.save)."""
    filled = [group for group in _FILLED if not getattr(kept, group[0]) and getattr(gone, group[0])]
    names = [name for group in filled for name in group]
    for name in names:
        setattr(kept, name, getattr(gone, name))
    if gone.notes:
        kept.notes = "\n".join(filter(None, (kept.notes, gone.notes)))[:4000]
        names.append("notes")
    if names:
        kept.save(update_fields=names)
