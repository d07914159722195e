"""Keys that lead to the pages one needs most; `?` shows them. Only what the user may open is offered."""

from typing import Any, Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

# Keys, words, address (a name, perhaps with a query), permission.
_KEYS: Final = (
    ("n", _("New rental"), "contracts_contract_add", "", "contracts.book_contract"),
    ("g t", _("Today"), "index", "", ""),
    ("g l", _("Timeline"), "timeline", "", "cars.view_occupancy"),
    ("g f", _("Find a car"), "find", "", "contracts.view_contract"),
    ("g c", _("Cars"), "cars_car_changelist", "", "cars.view_car"),
    ("g k", _("Contracts"), "contracts_contract_changelist", "", "contracts.view_contract"),
    ("g b", _("Bookings"), "contracts_contract_changelist", "?standing=booked", "contracts.view_contract"),
    ("g u", _("Customers"), "customers_customer_changelist", "", "customers.view_customer"),
)


def of(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the keys of this user, for static/fleet/js/shortcuts.js."""
    offered = [
        {"keys": keys, "words": str(words), "link": link}
        for keys, words, name, query, permission in _KEYS
        if (not permission or request.user.has_perm(permission)) and (link := _address(name, query))
    ]
    return [*offered, {"keys": "Ctrl K", "words": str(_("Search"))}, {"keys": "?", "words": str(_("These keys"))}]


def _address(name: str, query: str) -> str:
    try:
        return reverse(f"admin:{name}") + query
    except NoReverseMatch:
        return ""
