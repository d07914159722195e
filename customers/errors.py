"""What customers refuse."""

from fleet.errors import DomainError


class Unverifiable(DomainError):
    """Data that the papers must prove are not recorded; `missing` names the fields."""

    code = "papers_incomplete"
    status = 409
    detail = "Record the papers first: who is verified has shown them."


class LicenceExpired(DomainError):
    code = "licence_expired"
    status = 409
    detail = "The driving licence has expired."


class NotVerified(DomainError):
    code = "not_verified"
    status = 409
    detail = "The customer is not verified."


class AlreadyFlagged(DomainError):
    code = "already_flagged"
    status = 409
    detail = "The customer has an open flag of this kind; clear it first."


class AlreadyCleared(DomainError):
    code = "already_cleared"
    status = 409
    detail = "The flag is cleared already."


class Gone(DomainError):
    code = "anonymised"
    status = 409
    detail = "The customer has been anonymised."
