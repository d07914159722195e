"""The screens of the admin, from the addresses that exist: a new one is looked at without anybody remembering it."""

import re
from collections.abc import Iterator
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

# Addresses that are no screen, and why.
LEFT_OUT: Final = {
    "app_list": "leads to the start page",
    "account_end": "takes a POST",
    "account_end_all": "takes a POST",
    "audit_export": "a file",
    "columns": "takes a POST",
    "cars_car_process_import": "takes a POST",
    "autocomplete": "rows for a box that searches",
    "contracts_contract_agreement": "leads to a file",
    "customers_customer_export_data": "a file",
    "files": "takes a POST",
    "foreseen": "what a check-in would cost, for its page",
    "jsi18n": "a script",
    "language": "takes a POST",
    "longer": "what a later end would cost, for its page",
    "login_code": "needs half a log-in: tests/accounts/test_sign_in.py",
    "list_export": "a file",
    "logout": "takes a POST",
    "notice": "leads to what it is about",
    "notices_seen": "takes a POST",
    "notices_stream": "never ends",
    "notices_unread": "a count for the bell",
    "password_change": "leads to account_password",
    "password_new": "where password_link leads",
    "rental_quote": "a price for the page of a new rental",
    "search": "what Ctrl-K shows: a dialog",
    "timeline_contract": "leads to a contract",
    "timeline_extend": "takes a POST",
    "timeline_move": "takes a POST",
    "view_on_site": "leads to another address",
}
# Those that staff live in: their pictures are kept (SHOTS=folder), to be looked at after each change of the frame.
PICTURED: Final = (
    *("index", "timeline", "find", "due", "notices", "reports", "report", "account"),
    *(
        f"contracts_contract_{one}"
        for one in ("changelist", "add", "change", "check_out", "check_in", "extend", "sign")
    ),
    *(f"cars_car_{one}" for one in ("changelist", "standing", "papers", "costs", "timeline", "history")),
    *("customers_customer_change", "cars_insurance_renew", "auditlog_logentry_changelist", "login"),
)
_FILES: Final = re.compile(r"\w+_(file|files|preview)")  # what is attached to a record, to take or to send
OUTSIDE: Final = ("verify_form", "verify")  # of the admin
_PUBLIC: Final = ("login", "admin_password_reset", "password_link", *OUTSIDE)  # for whoever is not logged in


def names() -> list[str]:
    """Return the name of every screen behind the log-in."""
    return sorted(routes().keys() - {*_PUBLIC})


def public() -> list[str]:
    """Return the name of every screen that needs no log-in."""
    return sorted(routes().keys() & {*_PUBLIC})


def routes() -> dict[str, URLPattern]:
    """Return the addresses that show a screen, by its name."""
    return {name: one for name, one in addresses().items() if name not in LEFT_OUT and not _FILES.fullmatch(name)}


def addresses() -> dict[str, URLPattern]:
    """Return every address of ours that has a name; those without only lead on."""
    return {str(one.name): one for one in _flat(get_resolver(), "") if one.name}


def _flat(resolver: URLResolver, above: str) -> Iterator[URLPattern]:
    for part in resolver.url_patterns:
        where = above + str(part.pattern)
        if isinstance(part, URLResolver):
            yield from _flat(part, where)
        elif where.startswith(("admin/", "verify/")):
            yield part
