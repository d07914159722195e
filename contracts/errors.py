"""What the contracts' rules say no with."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from fleet.errors import DomainError, Invalid, NotAllowed
from fleet.money import shown

if TYPE_CHECKING:
    from contracts.gate import Refusal
    from contracts.models import Contract


# "R-2026-000017 is closed; it cannot …"
_STEPS: Final = {
    "accept charge": pgettext_lazy("it cannot …", "accept charge"),
    "cancel": pgettext_lazy("it cannot …", "cancel"),
    "change": pgettext_lazy("it cannot …", "change"),
    "check in": pgettext_lazy("it cannot …", "check in"),
    "check out": pgettext_lazy("it cannot …", "check out"),
    "confirm": pgettext_lazy("it cannot …", "confirm"),
    "draw up an agreement": pgettext_lazy("it cannot …", "draw up an agreement"),
    "expire": pgettext_lazy("it cannot …", "expire"),
    "extend": pgettext_lazy("it cannot …", "extend"),
    "mark no show": pgettext_lazy("it cannot …", "mark no show"),
    "reopen": pgettext_lazy("it cannot …", "reopen"),
    "reschedule": pgettext_lazy("it cannot …", "reschedule"),
    "settle": pgettext_lazy("it cannot …", "settle"),
    "sign": pgettext_lazy("it cannot …", "sign"),
    "swap": pgettext_lazy("it cannot …", "swap"),
    "take another line": pgettext_lazy("it cannot …", "take another line"),
    "take money": pgettext_lazy("it cannot …", "take money"),
    "waive charge": pgettext_lazy("it cannot …", "waive charge"),
}


class IllegalStep(DomainError):
    """The contract's state does not allow the verb."""

    code = "illegal_step"

    def __init__(self, contract: "Contract", verb: str, why: str = "") -> None:
        """Say `why`, where %(reference)s is the contract's, or that the state forbids it."""
        detail = (why or gettext("%(reference)s is %(status)s; it cannot %(step)s.")) % {
            "reference": contract.reference,
            "status": contract.get_status_display(),
            "step": _STEPS.get(verb.replace("_", " "), verb),
        }
        super().__init__(detail, contract_status=contract.status, step=verb)


class NotRentable(DomainError):
    """The gate refuses; `refusals` holds every reason."""

    code = "not_rentable"

    def __init__(self, refusals: "Iterable[Refusal]") -> None:
        found = list(refusals)
        super().__init__(
            " ".join(refusal.message for refusal in found) or None,
            refusals=[refusal.as_json() for refusal in found],
        )


class OutOfStock(DomainError):
    code = "out_of_stock"


class ChargesOpen(DomainError):
    code = "charges_open"
    detail = _("There are charges that nobody has accepted or waived.")


class BalanceOpen(DomainError):
    """The bill is above 0 and not paid, or below what was paid."""

    code = "balance_open"

    def __init__(self, open_amount: Decimal) -> None:
        owed, given = gettext("There is still %(amount)s to pay."), gettext("There is still %(amount)s to refund.")
        said = (owed if open_amount > 0 else given) % {"amount": shown(abs(open_amount))}
        super().__init__(said, balance=str(open_amount))


class DepositOpen(DomainError):
    code = "deposit_open"


class PaymentRefused(DomainError):
    code = "payment_refused"


LEAST_REASON = 10  # characters; "ok" is no reason


def need_reason(text: str) -> None:
    """Raise Invalid unless the text says why."""
    if len(text.strip()) < LEAST_REASON:
        raise Invalid(
            reason=gettext("Say in at least %(number)s characters why.") % {"number": LEAST_REASON},
            code="reason_too_short",
        )


def need(by: Any, permission: str) -> None:
    """Raise NotAllowed unless the user has the permission; for rules that depend on what is asked."""
    if by is None or not by.has_perm(permission):
        raise NotAllowed(
            gettext("This needs the permission %(permission)s.") % {"permission": permission}, permission=permission
        )


class AgreementSigned(DomainError):
    code = "agreement_signed"
    status = 409
    detail = _("This version of the agreement is signed already.")


class AgreementOutdated(DomainError):
    """Something else was agreed since; `newest` is the version to sign."""

    code = "agreement_outdated"
    status = 409
    detail = _("There is a newer version of the agreement; sign that one.")


def not_later() -> Invalid:
    return Invalid(end_at=gettext("The new end must be after the agreed one and after now."), code="not_later")
