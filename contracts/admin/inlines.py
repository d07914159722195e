"""What stands on a contract's page besides itself: the bill, charges, money, cars."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contracts.admin.worded import Worded
from contracts.models import Charge, Payment, PriceLine
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
