"""What stands above every page of a customer."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from customers.models import Flag
from fleet.admin.tabs import Fact, facts

_TONES = {Flag.Level.BLOCK: "is-red", Flag.Level.WARN: "is-yellow"}


@facts("customers.customer")
def strip(customer: Any, request: HttpRequest) -> Iterator[Fact]:
    """Yield who it is, whether the papers were seen, until when the licence lasts, and open flags; no statement."""
    seen = ("is-green", _("verified")) if customer.verified_at else ("is-yellow", _("not verified"))
    yield Fact(_("Customer"), customer.name, seen)
    yield _licence(customer)
    for flag in customer.open_flags:
        yield Fact(_("Flag"), "", (_TONES.get(flag.level, "is-blue"), flag.get_kind_display()))


def _licence(customer: Any) -> Fact:
    until, today = customer.licence_expires_on, timezone.localdate()
    if until is None:
        return Fact(_("Licence until"), "–", ("is-yellow", _("not seen")))
    return Fact(_("Licence until"), date_format(until), ("is-red", _("expired")) if until < today else None)
