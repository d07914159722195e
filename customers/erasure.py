"""The right to be forgotten: what goes, what stays and why; first said, then done (GDPR, articles 17 and 30)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from customers import holders, letters
from customers.errors import ErasureWaits, Gone
from customers.holders import Holding, Kept
from customers.models import Customer
from files import uploads
from fleet.actor import verb
from notifications import outbox

_TEXTS: Final = (
    *("father_name", "email", "phone", "address", "city", "personal_id", "passport_number", "licence_number"),
    *("licence_country", "company_name", "vat_number", "notes"),
)
_DATES: Final = ("birth_date", "passport_expires_on", "licence_issued_on", "licence_expires_on", "verified_at")


@dataclass
class Plan:
    """What an erasure does. With `waits` it does nothing yet."""

    customer: Customer
    pseudonym: str
    waits: list[str] = field(default_factory=list)
    goes: dict[str, int] = field(default_factory=dict)
    stays: list[Kept] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        stays = [{"what": one.what, "count": one.count, "why": one.why} for one in self.stays]
        return {"pseudonym": self.pseudonym, "waits": self.waits, "goes": self.goes, "stays": stays}


def plan(customer: Customer) -> Plan:
    """Say what erasing this customer would do; it reads only."""
    people = _people(customer)
    found = Plan(customer, pseudonym(customer))
    scans = sum(document.attachments.count() for one in people for document in one.documents.all())
    filled = {name for one in people for name in ("name", *_TEXTS, *_DATES) if getattr(one, name)}
    found.goes = {
        _("fields of the customer"): len(filled),
        _("documents"): sum(one.documents.count() for one in people),
        _("scans in the file storage"): scans,
        _("letters"): letters.of(people).count(),
        _("notices"): letters.notices_of(people).count(),
    }
    for holder in holders.all_holders():
        _add(found, holder.holding(people))
    flags = sum(one.flags.count() for one in people)
    found.stays += [
        Kept(_("flags"), flags, _("that there was one, without its reason")),
        Kept(_("the audit trail"), 1, _("it never held the name: it calls the customer by the end of an id")),
    ]
    found.goes = {what: count for what, count in found.goes.items() if count}
    found.stays = [one for one in found.stays if one.count]
    return found


@verb
def erase(customer_id: UUID, *, by: User | None, now: datetime) -> Plan:
    """Erase: the person's data go, what the law keeps stays under a pseudonym. Scans leave the bucket after the commit.

    Raises Gone, and ErasureWaits while a contract is open, money owed or a deposit held.
    """
    customer = Customer.objects.lock(customer_id)
    if customer.status != Customer.Status.ACTIVE:
        raise Gone
    done = plan(customer)
    if done.waits:
        raise ErasureWaits(" ".join(done.waits), waits=done.waits)
    people = _people(customer)
    letters.forget(people)
    for holder in holders.all_holders():
        holder.forget(people)
    for one in people:
        _forget(one)
    event = "customer.erased"
    outbox.publish(event, customer, key=f"{event}:{customer.pk}", payload={"at": now.isoformat()})
    return done


def pseudonym(customer: Customer) -> str:
    return f"Erased {str(customer.pk)[-8:]}"


def _people(customer: Customer) -> list[Customer]:
    """Return the rows of this person: its own and those that were merged into it, in one order."""
    return list(Customer.objects.filter(Q(pk=customer.pk) | Q(merged_into=customer)).order_by("pk"))


def _add(found: Plan, held: Holding) -> None:
    found.waits += held.waits
    found.stays += held.stays
    for what, count in held.goes.items():
        found.goes[what] = found.goes.get(what, 0) + count


def _forget(one: Customer) -> None:
    for document in one.documents.all():
        uploads.discard(document)
        document.delete()
    for flag in one.flags.all():
        flag.reason = "–"
        flag.save(update_fields=["reason"])
    one.name = pseudonym(one)
    for name in _TEXTS:
        setattr(one, name, "")
    for name in _DATES:
        setattr(one, name, None)
    one.verified_by = None
    if one.merged_into_id is None:
        one.status = Customer.Status.ANONYMISED
    one.save()
