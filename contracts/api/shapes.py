"""Contracts as they are read: the fields of contracts/api/serializers.py, with all that belongs to them at once."""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith
from django.db.models import F, Model, OuterRef, QuerySet

from contracts.api import steps
from contracts.api.money import ChargeSerializer, LineOutput, PaymentSerializer
from contracts.api.parts import AssignmentOutput, HandoverOutput, OverrideOutput, StaffOutput
from contracts.api.privacy import DriverOutput, PersonOutput
from contracts.api.serializers import ContractRow, ContractSerializer, is_overdue
from contracts.models import Assignment, Charge, Handover, Payment, PriceLine
from customers.models import Customer
from fleet.api.shapes import Computed, Many, Masked, Shape
from fleet.db.text import Instant


def _of_contract(model: type[Model], *order: str) -> Callable[[], QuerySet[Any]]:
    return lambda: model._default_manager.filter(contract=OuterRef("pk")).order_by(*order)


def _name(user: Any, first: str, last: str, username: str) -> str:
    return f"{first} {last}".strip() or username


def _overrides(user: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in _OVERRIDE} for row in rows]


_OVERRIDE: Final = tuple(OverrideOutput().fields)
_STARTS, _ENDS = (Instant(end(F("occupancy__period"))) for end in (RangeStartsWith, RangeEndsWith))
_HANDOVER = Shape(HandoverOutput, by=Shape(StaffOutput, name=Computed(("first_name", "last_name", "username"), _name)))
_ASSIGNMENT = Shape(
    AssignmentOutput,
    taken_from=Computed((_STARTS,), lambda user, at: at),
    taken_until=Computed((_ENDS,), lambda user, at: at),
    handovers=Many(lambda: Handover.objects.filter(assignment=OuterRef("pk")).order_by("-kind"), _HANDOVER),
)
_DRIVER = Shape(DriverOutput, masked=Masked(DriverOutput.discreet, ("created_by_id",)))
_ROW: Final[dict[str, Any]] = {
    "customer": Shape(PersonOutput, masked=Masked(PersonOutput.discreet, ("created_by_id",))),
    "overdue": Computed(("status", "end_at"), lambda user, status, end_at: is_overdue(status, end_at)),
    "currency": Computed((), lambda user: settings.CURRENCY),
}
ROW: Final = Shape(ContractRow, **_ROW)
WHOLE: Final = Shape(
    ContractSerializer,
    **_ROW,
    overrides=Computed(("overrides",), _overrides),
    drivers=Many(lambda: Customer.objects.filter(driven_contracts=OuterRef("pk")).order_by("name", "id"), _DRIVER),
    lines=Many(_of_contract(PriceLine, "id"), Shape(LineOutput)),
    charges=Many(_of_contract(Charge, "id"), Shape(ChargeSerializer)),
    payments=Many(_of_contract(Payment, "-at", "-id"), Shape(PaymentSerializer)),
    assignments=Many(_of_contract(Assignment, "seq"), _ASSIGNMENT),
    steps=Computed(("status",), lambda user, status: steps.possible(status, user)),
)
