"""The one error of the house: raised once by the rule, translated once per door."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from prometheus_client import Counter

_REFUSALS: Final = Counter("fleet_refusals", "Rules that said no, by code; a gate counts every reason.", ["code"])


class DomainError(Exception):
    """A rule said no. Doors turn it into problem+json, an admin message or a CommandError.

    `code` is stable and what integrators branch on; `detail` is a sentence for people; `data` is
    JSON-ready and travels to the client.
    """

    code = "domain_error"
    status = 409
    detail: Any = _("This is not possible.")

    def __init__(
        self, detail: str | None = None, *, code: str | None = None, status: int | None = None, **data: Any
    ) -> None:
        self.detail = str(detail or self.detail)  # lazy texts become those of whoever is told
        self.code = code or self.code
        self.status = status or self.status
        self.data = data
        super().__init__(self.detail)
        reasons = data.get("refusals", ())
        for said in (self.code, *(one["code"] for one in reasons if isinstance(one, dict) and "code" in one)):
            _REFUSALS.labels(said).inc()


class NotFound(DomainError):
    code = "not_found"
    status = 404
    detail: Any = _("There is no such record, or you may not see it.")


class NotAllowed(DomainError):
    code = "not_allowed"
    status = 403
    detail: Any = _("You may not do this.")


class Invalid(DomainError):
    """Input of the right shape that breaks a rule; `fields` maps a field to its sentence."""

    code = "invalid"
    status = 422
    detail: Any = _("Some of what you entered is not right.")

    def __init__(self, detail: str | None = None, *, code: str | None = None, **fields: Any) -> None:
        said = {name: str(text) for name, text in fields.items()}
        super().__init__(detail or " ".join(said.values()) or None, code=code)
        self.fields = said


class Stale(DomainError):
    """Somebody else saved the row after it was read (optimistic locking)."""

    code = "stale"
    status = 412
    detail: Any = _("Somebody else has changed this in the meantime. Load it again and repeat your change.")
