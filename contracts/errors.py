"""What the contracts' rules say no with."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fleet.errors import DomainError, Invalid, NotAllowed

if TYPE_CHECKING:
    from contracts.gate import Refusal
    from contracts.models import Contract


class IllegalStep(DomainError):
    """The contract's state does not allow the verb."""

    code = "illegal_step"

    def __init__(self, contract: "Contract", verb: str, why: str = "") -> None:
        detail = why or f"{contract.reference} is {contract.get_status_display()}; it cannot {verb.replace('_', ' ')}."
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
    detail = "There are charges that nobody has accepted or waived."


class BalanceOpen(DomainError):
    code = "balance_open"


class DepositOpen(DomainError):
    code = "deposit_open"


class PaymentRefused(DomainError):
    code = "payment_refused"


LEAST_REASON = 10  # characters; "ok" is no reason


def need_reason(text: str) -> None:
    """Raise Invalid unless the text says why."""
    if len(text.strip()) < LEAST_REASON:
        raise Invalid(reason=f"Say in at least {LEAST_REASON} characters why.", code="reason_too_short")


def need(by: Any, permission: str) -> None:
    """Raise NotAllowed unless the user has the permission; for rules that depend on what is asked."""
    if by is None or not by.has_perm(permission):
        raise NotAllowed(f"This needs the permission {permission}.", permission=permission)


class AgreementSigned(DomainError):
    code = "agreement_signed"
    status = 409
    detail = "This version of the agreement is signed already."


class AgreementOutdated(DomainError):
    """Something else was agreed since; `newest` is the version to sign."""

    code = "agreement_outdated"
    status = 409
    detail = "There is a newer version of the agreement; sign that one."
