"""Reads of contracts that read like sentences."""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db.models import Case, DecimalField, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts import access
from cars.plates import plate_key
from contracts import risks
from fleet.db.base import BaseQuerySet
from fleet.db.text import Unaccented

if TYPE_CHECKING:
    from contracts.models import Agreement, Assignment, Charge, Contract, Payment

_REFERENCE = re.compile(r"R-[\d-]*")
_WHOLE_REFERENCE = re.compile(r"R-\d{4}-\d{6,}")
_DIGITS = 6  # of a reference, after its year
_FEW = 300  # cars or customers whose contracts are gathered; those of more are met soon enough among the newest
_LEAST_OF_A_PLATE = 3
_MONEY = DecimalField(max_digits=12, decimal_places=2)


class ContractQuerySet(BaseQuerySet["Contract"]):
    def holding(self) -> Self:
        """Contracts that hold a car in the ledger."""
        return self.filter(status__in=("pending", "confirmed", "active"))

    def out(self) -> Self:
        return self.filter(status="active")

    def overdue(self, now: datetime) -> Self:
        """Cars that should be back by now."""
        return self.out().filter(end_at__lt=now)

    def due_back(self, start: datetime, end: datetime) -> Self:
        return self.out().filter(end_at__gte=start, end_at__lt=end)

    def going_out(self, start: datetime, end: datetime) -> Self:
        return self.filter(status="confirmed", start_at__gte=start, start_at__lt=end)

    def hold_passed(self, now: datetime) -> Self:
        """Pending contracts whose hold has passed. Where money lies on one, a person decides, not the clock."""
        return self.filter(status="pending", hold_expires_at__lte=now).with_money().filter(paid__lte=0, held__lte=0)

    def at_risk(self, now: datetime, *codes: str) -> Self:
        """Bookings and rentals that may fail as things stand; `codes` narrows to these of contracts/risks.py."""
        known, conditions = risks.conditions(self.model._default_manager.all(), now)
        reasons = [conditions[code] for code in codes or conditions]
        still_ahead = Q(status="active") | Q(end_at__gt=now)  # a booking that nobody came for fails no more
        return self.holding().filter(still_ahead).alias(**known).filter(reduce(or_, reasons))

    def with_risks(self, now: datetime) -> Self:
        """Annotate `risks`: the codes of what puts each contract at risk, with spaces between."""
        known, conditions = risks.conditions(self.model._default_manager.all(), now)
        return self.alias(**known).annotate(risks=risks.named(conditions))

    def of_people(self, ids: Iterable[UUID]) -> Self:
        """Those that one of these customers pays for or drives in.

        Asked as a union, each half by its own index: with `OR` the planner goes through everybody's contracts.
        """
        wanted = list(ids)
        driven = self.model.drivers.through.objects.filter(customer__in=wanted).order_by().values("contract")
        paid = self.model._base_manager.filter(customer__in=wanted).order_by().values("pk")
        return self.filter(pk__in=paid.union(driven, all=True))

    def visible_to(self, user: Any) -> Self:
        """All contracts for staff; an integrator sees the ones its keys booked."""
        if access.has_role(user, "integrator"):
            return self.filter(created_by=user)
        return self

    def search(self, text: str) -> Self:
        """Contracts by reference, plate, customer or the integrator's own reference."""
        words = text.strip()
        if not words:
            return self
        begins = Q(reference__startswith=words.upper())
        if _WHOLE_REFERENCE.fullmatch(words.upper()):  # there is one, and the planner knows that
            return self.filter(Q(reference=words.upper()) | Q(external_ref=words))
        if _REFERENCE.fullmatch(words.upper()):
            return self.filter(begins | Q(external_ref=words))
        match = self._with(plate_key(words), words)
        if words.upper().startswith("R"):
            match |= begins
        return self.alias(plain_name=Unaccented("customer__name")).filter(match)

    def numbered(self, text: str, now: datetime) -> Self:
        """Contracts by their number (its start, or its last digits: 430 → R-2026-000430), an integrator's, or a plate.

        Each is answered by an index.
        """
        words = text.strip().upper().replace(" ", "-")
        match = Q(reference__startswith=words) | Q(external_ref=text.strip())
        if words.isascii() and words.isdigit() and len(words) <= _DIGITS:
            year = now.year + 1  # a local year may be one ahead
            match |= Q(reference__in=[f"R-{one}-{words:0>6}" for one in range(year - 3, year + 1)])
        if len(key := plate_key(text)) >= _LEAST_OF_A_PLATE:
            match |= self._with(key)
        return self.filter(match)

    def _with(self, plate: str, name: str = "") -> Q:
        """Return the condition "with a car of this plate, a customer of this name, or this number of an integrator's".

        Which those are is asked before, in a statement of its own: of rows in other tables the planner cannot tell
        whether to gather the contracts of a few or to go through the newest until enough are found.
        """
        named = Unaccented(Value(name))
        asked = [self._ids_of("car", plate_key__startswith=plate)] if plate else []
        if name:
            asked.append(self._ids_of("customer", plain_name__contains=named))
            asked.append(_ids(self.model._default_manager.filter(external_ref=name), "pk"))
        found = asked[0].union(*asked[1:], all=True).order_by() if asked[1:] else asked[0]
        ids: dict[str, list[Any]] = {}
        for column, pk in found:
            ids.setdefault(column, []).append(pk)
        of_many = {"car_id": Q(car__plate_key__startswith=plate), "customer_id": Q(plain_name__contains=named)}
        known = (of_many[of] if len(few) > _FEW else Q(**{f"{of}__in": few}) for of, few in ids.items())
        return reduce(or_, known, Q(pk__in=[]))

    def _ids_of(self, name: str, **condition: Any) -> Any:
        model: Any = self.model._meta.get_field(name).related_model
        plain = {"plain_name": Unaccented("name")} if name == "customer" else {}
        return _ids(model._default_manager.alias(**plain).filter(**condition), f"{name}_id")

    def with_desk(self) -> Self:
        """Contracts with the rows that every list shows beside them."""
        return self.select_related("car", "category", "customer", "pickup_branch", "return_branch")

    def with_agreement(self) -> Self:
        """Annotate `agreement_id` and `agreement_signed_at` of the newest version."""
        agreements = self.model._meta.get_field("agreements").related_model
        newest = agreements._default_manager.filter(contract=OuterRef("pk")).order_by("-number")
        return self.annotate(
            agreement_id=Subquery(newest.values("pk")[:1]), agreement_signed_at=Subquery(newest.values("signed_at")[:1])
        )

    def with_money(self) -> Self:
        """Annotate `paid`, `held` and `balance` (what the customer still owes), in the installation's currency."""
        payments = self.model._meta.get_field("payments").related_model
        ledger = payments._default_manager.filter(contract=OuterRef("pk")).order_by().values("contract")
        return self.annotate(
            paid=Coalesce(
                ledger.annotate(s=Sum(signed_paid())).values("s"), Value(Decimal("0.00")), output_field=_MONEY
            ),
            held=Coalesce(
                ledger.annotate(s=Sum(signed_held())).values("s"), Value(Decimal("0.00")), output_field=_MONEY
            ),
        ).annotate(balance=owed() - F("paid"))


def _ids(rows: Any, column: str) -> Any:
    return rows.order_by().values_list(Value(column), "pk")[: _FEW + 1]


def owed() -> Any:
    """Return what the bill comes to: nothing for a rental that was called off before it began."""
    return Case(
        When(status__in=("cancelled", "expired"), then=Value(Decimal("0.00"))), default=F("total"), output_field=_MONEY
    )


def signed_paid() -> Any:
    """Payments and kept deposits count for the customer, refunds against."""
    return _signed(plus=("payment", "deposit_capture"), minus=("refund",))


def signed_held() -> Any:
    """A deposit is held until it is given back or kept."""
    return _signed(plus=("deposit_hold",), minus=("deposit_release", "deposit_capture"))


def _signed(*, plus: tuple[str, ...], minus: tuple[str, ...]) -> Any:
    return Case(
        When(kind__in=plus, then=F("amount")),
        When(kind__in=minus, then=-F("amount")),
        default=Value(Decimal("0.00")),
        output_field=_MONEY,
    )


class AssignmentQuerySet(BaseQuerySet["Assignment"]):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)


class AgreementQuerySet(BaseQuerySet["Agreement"]):
    def visible_to(self, user: Any) -> Self:
        return _of_visible_contracts(self, user)

    def newest_first(self) -> Self:
        return self.order_by("-number")

    def unstored(self) -> Self:
        """Versions whose PDF is not in the bucket yet, oldest first."""
        return self.filter(file="").order_by("id")

    def coded(self, code: str) -> Self:
        return self.filter(verification_code=code)

    def with_newest(self) -> Self:
        """Annotate `newest`: the last number of the contract."""
        same = self.model._default_manager.filter(contract=OuterRef("contract")).order_by("-number")
        return self.annotate(newest=Subquery(same.values("number")[:1]))


class ChargeQuerySet(BaseQuerySet["Charge"]):
    def visible_to(self, user: Any) -> Self:
        return _of_visible_contracts(self, user)

    def proposed(self) -> Self:
        return self.filter(status="proposed")


class PaymentQuerySet(BaseQuerySet["Payment"]):
    def visible_to(self, user: Any) -> Self:
        return _of_visible_contracts(self, user)

    def sums(self) -> tuple[Decimal, Decimal]:
        """Return (paid, held) over the rows."""
        found = self.aggregate(paid=Sum(signed_paid()), held=Sum(signed_held()))
        return found["paid"] or Decimal("0.00"), found["held"] or Decimal("0.00")


def _of_visible_contracts[R: BaseQuerySet[Any]](rows: R, user: Any) -> R:
    """Rows of the contracts that ContractQuerySet.visible_to() shows; for staff the contracts are not even joined."""
    return rows.filter(contract__created_by=user) if access.has_role(user, "integrator") else rows
