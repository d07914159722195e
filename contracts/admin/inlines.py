"""What stands on a contract's page besides itself: the bill, charges, money, cars."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contracts.admin.worded import Slips, Worded
from contracts.models import Charge, Payment, PriceLine
from fleet.admin.records import RecordInline
from fleet.money import shown


class _WithSum(RecordInline):
    @admin.display(description=_("amount"))
    def sum(self, row: PriceLine | Charge | Payment) -> str:
        return shown(row.amount)


class LineInline(Worded, _WithSum):
    model = PriceLine
    fields = ("told", "why", "quantity", "each", "sum")
    readonly_fields = fields
    ordering = ("id",)

    @admin.display(description=_("unit price"))
    def each(self, line: PriceLine) -> str:
        return shown(line.unit_price)


class ChargeInline(Worded, _WithSum):
    model = Charge
    fields = ("kind", "why", "sum", "shown_status", "reason")
    readonly_fields = fields
    ordering = ("id",)

    @admin.display(description=_("status"))
    def shown_status(self, charge: Charge) -> str:
        return charge.get_status_display()


class PaymentInline(Slips, _WithSum):
    model = Payment
    fields = ("at", "kind", "method", "sum", "slip", "note")
    readonly_fields = fields
    ordering = ("-at", "-id")
