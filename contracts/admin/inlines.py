"""What stands on a contract's page besides itself: the bill, charges, money, cars."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contracts.admin import clock
from contracts.admin.handovers import read_off
from contracts.admin.worded import Worded
from contracts.models import Assignment, Charge, Handover, Payment, PriceLine
from fleet.admin.records import RecordInline


class LineInline(Worded, RecordInline):
    model = PriceLine
    fields = ("told", "why", "quantity", "unit_price", "amount")
    readonly_fields = fields
    ordering = ("id",)


class ChargeInline(Worded, RecordInline):
    model = Charge
    fields = ("kind", "why", "amount", "shown_status", "reason")
    readonly_fields = fields
    ordering = ("id",)

    @admin.display(description=_("status"))
    def shown_status(self, charge: Charge) -> str:
        return charge.get_status_display()


class PaymentInline(RecordInline):
    model = Payment
    fields = ("at", "kind", "method", "amount", "external_id", "note")
    readonly_fields = fields
    ordering = ("-at", "-id")


class AssignmentInline(RecordInline):
    model = Assignment
    verbose_name_plural = _("cars and hand-overs")
    fields = ("seq", "car", "reason", "went_out", "came_back")
    readonly_fields = fields
    ordering = ("seq",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        found: QuerySet[Assignment] = super().get_queryset(request)
        return found.select_related("occupancy__car__branch").prefetch_related("handovers__by")

    @admin.display(description=_("car"))
    def car(self, assignment: Assignment) -> str:
        return str(assignment.occupancy.car)

    @admin.display(description=_("out"))
    def went_out(self, assignment: Assignment) -> str:
        return _told(assignment, Handover.Kind.OUT)

    @admin.display(description=_("back"))
    def came_back(self, assignment: Assignment) -> str:
        return _told(assignment, Handover.Kind.IN)


def _told(assignment: Assignment, kind: str) -> str:
    seen: Any = next((one for one in assignment.handovers.all() if one.kind == kind), None)
    if seen is None:
        return ""
    return f"{clock.shown(seen.at, assignment.occupancy.car.branch.zone)}, {read_off(seen)} ({seen.by})"
