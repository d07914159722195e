"""What stands on a contract's page besides itself: the bill, charges, money, cars."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contracts.admin.worded import Worded
from contracts.models import Charge, Payment, PriceLine
from fleet.admin.records import RecordInline
from fleet.money import shown


class LineInline(Worded, RecordInline):
    model = PriceLine
    fields = ("told", "why", "quantity", "each", "sum")
    readonly_fields = fields
    ordering = ("id",)

    @admin.display(description=_("unit price"))
    def each(self, line: PriceLine) -> str:
        return shown(line.unit_price)

    @admin.display(description=_("amount"))
    def sum(self, line: PriceLine) -> str:
        return shown(line.amount)


class ChargeInline(Worded, RecordInline):
    model = Charge
    fields = ("kind", "why", "sum", "shown_status", "reason")
    readonly_fields = fields
    ordering = ("id",)

    @admin.display(description=_("amount"))
    def sum(self, charge: Charge) -> str:
        return shown(charge.amount)

    @admin.display(description=_("status"))
    def shown_status(self, charge: Charge) -> str:
        return charge.get_status_display()


class PaymentInline(RecordInline):
    model = Payment
    fields = ("at", "kind", "method", "sum", "external_id", "note")
    readonly_fields = fields
    ordering = ("-at", "-id")

    @admin.display(description=_("amount"))
    def sum(self, payment: Payment) -> str:
        return shown(payment.amount)
