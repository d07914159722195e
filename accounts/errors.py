"""What accounts refuse."""

from math import ceil

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from fleet.errors import DomainError

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="fleet"'}


class LoginRefused(DomainError):
    """One sentence for every reason: who tries names learns nothing."""

    code = "login_refused"
    status = 401
    headers = _CHALLENGE
    detail = _("The user name or the password is wrong, or the account is not active.")


class LoginLocked(DomainError):
    """Says the same of names that nobody has: a lock tells nothing about an account."""

    code = "login_locked"
    status = 429

    def __init__(self, seconds: int) -> None:
        minutes = ceil(seconds / 60)
        super().__init__(
            ngettext(
                "Too many wrong log-ins. Try again in %(minutes)s minute; the right password is refused until then. "
                "If you cannot wait, ask an administrator to unlock the account.",
                "Too many wrong log-ins. Try again in %(minutes)s minutes; the right password is refused until then. "
                "If you cannot wait, ask an administrator to unlock the account.",
                minutes,
            )
            % {"minutes": minutes},
            retry_after=seconds,
        )
        self.headers = {"Retry-After": str(seconds)}


class CodeRefused(DomainError):
    code = "otp_wrong"
    status = 401
    headers = _CHALLENGE
    detail = _("The code is wrong or was used before. Take the one that your app shows now, or a recovery code.")


class NewCodeRefused(CodeRefused):
    """While an app is set up there are no recovery codes yet; a phone whose clock is wrong is what goes wrong."""

    detail = _(
        "The code is wrong or too old. Type the six digits that the app shows for Fleet now; if they are refused "
        "again, let the phone set its date and time by itself."
    )


class CodeRequired(DomainError):
    """The password is right; the account has a second factor."""

    code = "otp_required"
    status = 401
    headers = _CHALLENGE
    detail = _("This account has a second factor: send its code as `otp`.")


class FactorMissing(DomainError):
    code = "otp_setup_required"
    status = 403
    detail = _("Your role demands a second factor. Log in to the admin and set one up first.")


class FactorRequired(DomainError):
    code = "otp_role"
    detail = _("Your role demands a second factor; it can be replaced, not switched off.")


class TokenRefused(DomainError):
    code = "token_invalid"
    status = 401
    headers = _CHALLENGE
    detail = _("The token is not valid, or not valid any more. Log in again.")


class TokenReused(TokenRefused):
    code = "token_reused"
    detail = _("This refresh token was used before. In case it was stolen, its log-in is ended; log in again.")


class KeyRefused(DomainError):
    code = "key_invalid"
    status = 401
    headers = _CHALLENGE
    detail = _("The API key is not valid, or not valid any more.")


class LinkRefused(DomainError):
    code = "link_invalid"
    status = 410
    detail = _("This link has been used, is too old, or was replaced. Ask for a new one.")


class NoInvitation(DomainError):
    code = "no_invitation"
    detail = _("Only somebody with an open account, a role of the staff and an e-mail address can be sent a link.")


class KeyOver(DomainError):
    code = "key_over"
    status = 409
    detail = _("This key is revoked or has expired; issue a new one.")


class OwnAccount(DomainError):
    code = "own_account"
    status = 409
    detail = _("Nobody changes his own roles or switches himself off; ask another administrator.")


class LastAdmin(DomainError):
    code = "last_admin"
    status = 409
    detail = _("This is the last active administrator.")
