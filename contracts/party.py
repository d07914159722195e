"""Who pays and who drives, with what the counter should know of them: read beside the car that they want."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q
from django.utils.translation import gettext

from customers.models import Customer, Flag
from fleet.db import beside
from fleet.errors import Invalid

type People = Mapping[UUID, Customer]


def packed(who: Q) -> Any:
    """Return living customers with their open flags, as a column of another row; `unpacked()` makes rows of them."""
    flags = beside.rows(Flag.objects.open().filter(customer=OuterRef("pk")))
    return beside.rows(Customer.objects.living().filter(who), flags=flags)


def unpacked(rows: Iterable[dict[str, Any]]) -> People:
    return {customer.pk: customer for customer in map(_person, rows)}


def living(ids: Iterable[UUID]) -> list[Customer]:
    """Return customers in the order of their names. Raises Invalid when one does not exist."""
    wanted = set(ids)
    found = list(Customer.objects.living().filter(pk__in=wanted))
    _require(wanted, {one.pk: one for one in found})
    return found


def of(customer_id: UUID | None, driver_ids: Iterable[UUID], known: People) -> tuple[Customer | None, list[Customer]]:
    """Return who pays and who drives; nobody named means that the customer drives. A company does not drive.

    Raises Invalid when somebody is not among the known.
    """
    named = list(dict.fromkeys(driver_ids))
    _require({pk for pk in (customer_id, *named) if pk is not None}, known)
    customer = known[customer_id] if customer_id else None
    return customer, driving(customer, [known[pk] for pk in named])


def driving(customer: Customer | None, named: list[Customer]) -> list[Customer]:
    """Return who drives: those who are named, else the customer. A company does not drive."""
    return named or ([customer] if customer is not None and customer.kind == Customer.Kind.PERSON else [])


def _require(wanted: set[UUID], known: People) -> None:
    missing = wanted - known.keys()
    if missing:
        raise Invalid(gettext("There is no customer %(id)s.") % {"id": min(map(str, missing))}, code="unknown_customer")


def _person(row: dict[str, Any]) -> Customer:
    person = beside.instance(Customer, row)
    beside.remember(person, "flags", beside.instances(Flag, row["flags"]), back="customer")
    return person
