"""The keys of programs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.querysets import ApiKeyQuerySet
from fleet.api.limits import Caller
from fleet.db.base import Base


class ApiKey(Base):
    """A program's credential. Only the prefix and a digest are kept; the key itself is shown once."""

    name = models.CharField(_("name"), max_length=80)
    user = models.ForeignKey(User, models.PROTECT, related_name="api_keys", verbose_name=_("acts as"))
    prefix = models.CharField(_("prefix"), max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)  # SHA-256: the secret has 256 random bits
    read_only = models.BooleanField(_("read only"), default=False)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    def caller(self) -> Caller:
        return Caller("key", self.prefix, (self.prefix,))
