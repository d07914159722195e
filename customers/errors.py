"""What customers refuse."""

from django.utils.translation import gettext_lazy as _

from fleet.errors import DomainError


class Unverifiable(DomainError):
    """Data that the papers must prove are not recorded; `missing` names the fields."""

    code = "papers_incomplete"
    status = 409
    detail = _("Record the papers first: who is verified has shown them.")


class LicenceExpired(DomainError):
    code = "licence_expired"
    status = 409
    detail = _("The driving licence has expired.")


class NotVerified(DomainError):
    code = "not_verified"
    status = 409
    detail = _("The customer is not verified.")


class AlreadyFlagged(DomainError):
    code = "already_flagged"
    status = 409
    detail = _("The customer has an open flag of this kind; clear it first.")


class AlreadyCleared(DomainError):
    code = "already_cleared"
    status = 409
    detail = _("The flag is cleared already.")


class Gone(DomainError):
    code = "anonymised"
    status = 409
    detail = _("The customer has been erased, or merged into another one.")


class PossibleDuplicate(DomainError):
    """Somebody with the same number is known; `candidates` names who and what speaks for it."""

    code = "possible_duplicate"
    status = 409
    detail = _("This customer seems to be known already. Send allow_duplicate when it is somebody else.")


class DifferentLicences(DomainError):
    code = "different_licences"
    status = 409
    detail = _("The two have different driving licences. Say that both belong to one person if they do.")


class ErasureWaits(DomainError):
    """Something is still open; `waits` says what."""

    code = "erasure_waits"
    status = 409
