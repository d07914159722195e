"""Roles as data: who may do what. Synchronised into Django groups after every migration (domain.md §5)."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

_CARS: Final = ("branch", "category", "car", "insurance", "registration", "inspection", "serviceplan")
# Repaired, closed, corrected or released, but never deleted; rows of the ledger are written with `block_car`.
_LASTING: Final = ("issuereport", "odometerreading", "damage", "occupancy")
_WORKSHOP: Final = ("servicerecord", *_LASTING)
_CUSTOMERS: Final = ("customer", "flag")
_CONTRACTS: Final = ("contract", "assignment", "handover", "extra", "priceline", "charge", "agreement")


def _perms(app: str, models: tuple[str, ...], *actions: str) -> set[str]:
    return {f"{app}.{action}_{model}" for model in models for action in actions}


_ALL = ("view", "add", "change", "delete")
_EDIT = ("view", "add", "change")

_VIEW_CARS = _perms("cars", _CARS + _WORKSHOP, "view")
_VIEW_CUSTOMERS = _perms("customers", _CUSTOMERS, "view")
_PII = {"customers.view_pii"}
_VIEW_DOCUMENTS = {"customers.view_document"}
_VIEW_CONTRACTS = _perms("contracts", _CONTRACTS, "view")
_VIEW_PAYMENTS = {"contracts.view_payment"}
_VIEW_AUDIT = {"auditlog.view_logentry", "audit.view_jobrun"}
_VIEW_EVENTS = {"notifications.view_event"}

_EDIT_CARS = (
    _perms("cars", (*_CARS, "servicerecord"), *_ALL)
    | _perms("cars", _LASTING, *_EDIT)
    | {"cars.archive_car", "cars.block_car"}
)
_EDIT_CUSTOMERS = _perms("customers", (*_CUSTOMERS, "document"), *_EDIT) | {"customers.verify_customer"} | _PII
_BOOK = {"contracts.book_contract", "contracts.confirm_contract", "contracts.cancel_contract"}
_OPERATE = _BOOK | {
    "contracts.change_contract",
    "contracts.reopen_contract",
    "contracts.no_show_contract",
    "contracts.check_out_contract",
    "contracts.extend_contract",
    "contracts.swap_contract",
    "contracts.check_in_contract",
    "contracts.settle_contract",
    "contracts.accept_charge",
    "contracts.sign_agreement",
}
_OVERRIDE = {
    "contracts.override_refusal",
    "contracts.waive_deposit",
    "contracts.waive_charge",
    "contracts.adjust_price",
}
_PRIVACY = {"customers.merge_customer", "customers.export_customer", "customers.erase_customer"}
_PAYMENTS = {"contracts.add_payment", "contracts.refund_payment", "contracts.capture_deposit"}
_MAIL = {"notifications.view_email", "notifications.retry_email"} | _perms("notifications", ("reminderrule",), *_ALL)
_WEBHOOKS = _perms("notifications", ("webhookendpoint",), *_ALL) | {
    "notifications.view_webhookdelivery",
    "notifications.resend_webhookdelivery",
}
_EXTRAS = _perms("contracts", ("extra",), *_ALL)
_REPORTS_OF_CARS = {"contracts.report_utilisation", "contracts.report_overdue", "contracts.report_expiring"}
_REPORTS_OF_MONEY = {
    "contracts.report_revenue",
    "contracts.report_costs",
    "contracts.report_deposits",
    "contracts.report_waivers",
    "contracts.report_day_close",
    "contracts.report_past_days",
    "contracts.view_dayclose",
}
_REPORTS = _REPORTS_OF_CARS | _REPORTS_OF_MONEY | {"contracts.report_maintenance"}
# At the counter: who is late, what expires, and one's own drawer today.
_COUNTER_REPORTS = {
    "contracts.report_overdue",
    "contracts.report_expiring",
    "contracts.report_day_close",
    "contracts.view_dayclose",
    "contracts.add_dayclose",
}
_UPLOAD = {"files.add_file"}
_USERS = _perms("accounts", ("user", "apikey", "tokensession"), *_ALL)

_AGENT = _COUNTER_REPORTS | _UPLOAD | _VIEW_CARS | _EDIT_CUSTOMERS | _VIEW_CONTRACTS | _VIEW_PAYMENTS | _OPERATE
_MANAGER = (
    _AGENT | _PRIVACY | _MAIL | _REPORTS | _EDIT_CARS | _OVERRIDE | _PAYMENTS | _EXTRAS | _VIEW_AUDIT | _VIEW_EVENTS
)

PERMISSIONS: Final[dict[str, set[str]]] = {
    "admin": _MANAGER | _USERS | _WEBHOOKS,
    "manager": _MANAGER,
    # An agent takes money and releases deposits; giving it back or keeping it is the accountant's.
    "agent": _AGENT | {"contracts.add_payment"},
    "mechanic": _VIEW_CARS
    | _UPLOAD
    | _perms("cars", ("servicerecord", "issuereport", "odometerreading", "damage"), *_EDIT)
    | {"cars.block_car", "contracts.report_maintenance", "contracts.report_expiring"},
    "accountant": _VIEW_CARS
    | _VIEW_CUSTOMERS
    | _PII
    | _VIEW_CONTRACTS
    | _VIEW_PAYMENTS
    | _PAYMENTS
    | _REPORTS
    | {"contracts.add_dayclose"},
    "auditor": _VIEW_CARS
    | _VIEW_CUSTOMERS
    | _PII
    | _VIEW_CONTRACTS
    | _VIEW_PAYMENTS
    | _VIEW_AUDIT
    | _VIEW_EVENTS
    | _REPORTS,
    "viewer": _VIEW_CARS | _VIEW_CUSTOMERS | _VIEW_CONTRACTS | _REPORTS_OF_CARS,
    # An integrator sees only what its own key created; the querysets' visible_to() says so.
    "integrator": {
        "cars.view_car",
        "cars.view_category",
        "cars.view_branch",
        "contracts.view_extra",
        "contracts.view_contract",
        "contracts.view_assignment",
        "contracts.view_priceline",
        "customers.view_customer",
        "customers.add_customer",
        "customers.view_pii",
    }
    | _BOOK
    | _WEBHOOKS,
}

ROLES: Final = tuple(PERMISSIONS)
STAFF_ROLES: Final = tuple(role for role in ROLES if role != "integrator")

# What the roles are called on screens; the codes are what programs and the database know.
NAMES: Final = {
    "admin": _("admin"),
    "manager": _("manager"),
    "agent": _("agent"),
    "mechanic": _("mechanic"),
    "accountant": _("accountant"),
    "auditor": _("auditor"),
    "viewer": _("viewer"),
    "integrator": _("integrator"),
}


def named(roles: Iterable[str]) -> str:
    return ", ".join(str(NAMES.get(role, role)) for role in roles)


def who_may(permissions: Iterable[str]) -> str:
    """Name the roles of the staff that have one of the permissions."""
    return named(having(permissions))


def having(permissions: Iterable[str]) -> list[str]:
    """Return the roles of the staff that have one of the permissions."""
    wanted = set(permissions)
    return [role for role in STAFF_ROLES if not wanted.isdisjoint(PERMISSIONS[role])]
