"""What lines and charges say, in the words of whoever looks at them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contracts import wording
from contracts.admin.money import ONCE
from contracts.models import Charge, Payment, PriceLine


class Worded:
    """Columns of lines and charges."""

    @admin.display(description=_("description"))
    def told(self, line: PriceLine) -> str:
        return wording.told(line.description)

    @admin.display(description=_("how it came about"))
    def why(self, row: PriceLine | Charge) -> str:
        return wording.told(row.explained)


class Slips:
    """The column of a payment's slip; what only keeps a double click from paying twice is none."""

    @admin.display(description=_("number of the slip"), ordering="external_id")
    def slip(self, payment: Payment) -> str:
        return "" if payment.external_id.startswith(ONCE) else payment.external_id
