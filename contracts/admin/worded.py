"""What lines and charges say, in the words of whoever looks at them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contracts import wording
from contracts.models import Charge, PriceLine


class Worded:
    """Columns of lines and charges."""

    @admin.display(description=_("description"))
    def told(self, line: PriceLine) -> str:
        return wording.told(line.description)

    @admin.display(description=_("how it came about"))
    def why(self, row: PriceLine | Charge) -> str:
        return wording.told(row.explained)
