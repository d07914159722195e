"""Log-ins that can be seen and ended: by token and by browser."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access import known_roles
from accounts.models.user import User
from accounts.querysets import TokenSessionQuerySet
from fleet.api.limits import Caller
from fleet.db.base import Base


class TokenSession(Base):
    """One log-in by token: its refresh token rotates, and an old one coming back ends it (RFC 9700 §4.14)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="token_sessions", verbose_name=_("user"))
    refresh_jti = models.CharField(max_length=64, editable=False)
    address = models.GenericIPAddressField(_("address"), null=True, editable=False)
    user_agent = models.CharField(_("program"), max_length=200, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), editable=False)
    expires_at = models.DateTimeField(_("expires at"), editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    second_factor = models.BooleanField(_("second factor"), default=False, editable=False)
    revoke_reason = models.CharField(_("why"), max_length=20, blank=True, editable=False)

    objects = TokenSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("log-in by token")
        verbose_name_plural = _("log-ins by token")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d %H:%M}"

    def caller(self) -> Caller:
        return Caller("user", str(self.user_id), tuple(known_roles(self.user)))


class BrowserSession(AbstractBaseSession):
    """Django's session with its owner in a column, so that a person's log-ins can be listed and ended."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    address = models.GenericIPAddressField(null=True)
    program = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("log-in by browser")
        verbose_name_plural = _("log-ins by browser")
