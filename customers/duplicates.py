"""Is this somebody we know already? Asked before a customer is entered twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q, Value

from customers import identity
from customers.errors import PossibleDuplicate
from customers.models import Customer
from customers.querysets import CustomerQuerySet
from fleet.db.text import Unaccented

MOST: Final = 10
_ALIKE: Final = 0.7  # of 1: "Amra Hodzic" and "Amra Hodžič", not "Amra Hodžić" and "Emina Hodžić"


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be the same, and what speaks for it."""

    customer: Customer
    reasons: tuple[str, ...]  # licence | passport | personal_id | phone | email | name


def candidates(known: Mapping[str, Any], among: CustomerQuerySet, *, exclude: Any = None) -> list[Candidate]:
    """Return living customers that share a number, or a similar name unless they were born on another day.

    `known` holds fields of a customer, as far as they are known; the most reasons come first.
    """
    asked = {name: identity.number(str(known.get(name) or "")) for name in ("licence_number", "passport_number")}
    match = Q()
    if asked["licence_number"]:
        match |= Q(pk__in=among.with_licence(asked["licence_number"]).values("pk"))
    if asked["passport_number"]:
        match |= Q(pk__in=among.with_passport(asked["passport_number"]).values("pk"))
    for name in ("phone", "personal_id"):
        if known.get(name):
            match |= Q(**{name: known[name]})
    if known.get("email"):
        match |= Q(pk__in=among.with_email(str(known["email"])).values("pk"))
    name = " ".join(str(known.get("name") or "").split())
    if name:
        match |= Q(pk__in=among.named_like(name).values("pk"))
    if not match:
        return []
    wanted: Any = Unaccented(Value(name))
    likeness = TrigramSimilarity(Unaccented("name"), wanted)
    rows = among.living().exclude(pk=exclude).filter(match).annotate(likeness=likeness).order_by("-likeness", "pk")
    found = [Candidate(one, reasons) for one in rows[: MOST * 3] if (reasons := _reasons(one, known, asked))]
    return sorted(found, key=lambda one: -len(one.reasons))[:MOST]


def require_new(known: Mapping[str, Any], among: CustomerQuerySet) -> None:
    """Raise PossibleDuplicate when a number says that this customer exists; a name alone stops nobody.

    What must be unique (a licence of one country, a passport) is left to the database, which says so anyway.
    """
    strong = {"phone", "personal_id"} | ({"licence"} if known.get("licence_country") else set())
    country = str(known.get("licence_country") or "")
    for one in candidates({**known, "name": "", "email": ""}, among):
        same_country = str(one.customer.licence_country) == country
        telling = strong & set(one.reasons) - ({"licence"} if same_country else set())
        if telling and one.customer.kind == known.get("kind", one.customer.kind):
            raise PossibleDuplicate(candidates=[{"id": str(one.customer.pk), "reasons": list(one.reasons)}])


def _reasons(one: Any, known: Mapping[str, Any], asked: Mapping[str, str]) -> tuple[str, ...]:
    same = {
        "licence": asked["licence_number"] and asked["licence_number"] == one.licence_number.upper(),
        "passport": asked["passport_number"] and asked["passport_number"] == one.passport_number.upper(),
        "personal_id": known.get("personal_id") and known["personal_id"] == one.personal_id,
        "phone": known.get("phone") and known["phone"] == one.phone,
        "email": known.get("email") and str(known["email"]).upper() == one.email.upper(),
        "name": one.likeness >= _ALIKE and not _born_apart(one.birth_date, known.get("birth_date")),
    }
    return tuple(reason for reason, holds in same.items() if holds)


def _born_apart(one: date | None, other: Any) -> bool:
    return bool(one and other and str(one) != str(other))
