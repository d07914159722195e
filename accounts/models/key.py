"""The keys of programs."""

from ipaddress import ip_address, ip_network

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from accounts.querysets import ApiKeyQuerySet
from accounts.roles import PERMISSIONS
from fleet.api.limits import Caller
from fleet.db.base import Base


def is_permission(name: str) -> None:
    if name not in set().union(*PERMISSIONS.values()):
        raise ValidationError(_("There is no such permission."), code="unknown_permission")


def is_network(text: str) -> None:
    try:
        ip_network(text, strict=False)
    except ValueError as error:
        raise ValidationError(_("This is no address and no network."), code="no_network") from error


class ApiKey(Base):
    """A program's credential. Only the prefix and a digest are kept; the key itself is shown once."""

    name = models.CharField(_("name"), max_length=80)
    user = models.ForeignKey(User, models.PROTECT, related_name="api_keys", verbose_name=_("acts as"))
    prefix = models.CharField(_("prefix"), max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)  # SHA-256: the secret has 256 random bits
    read_only = models.BooleanField(_("read only"), default=False)
    scopes = ArrayField(
        models.CharField(max_length=100, validators=[is_permission]),
        verbose_name=_("scopes"),
        default=list,
        blank=True,
        size=100,
        help_text=_("Permissions, e.g. contracts.view_contract. Empty: everything that the account may do."),
    )
    addresses = ArrayField(
        models.CharField(max_length=43, validators=[is_network]),
        verbose_name=_("addresses"),
        default=list,
        blank=True,
        size=50,
        help_text=_("Where it may be used from, e.g. 203.0.113.7 or 203.0.113.0/24. Empty: anywhere."),
    )
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

    def may_come_from(self, address: str | None) -> bool:
        if not self.addresses:
            return True
        return address is not None and any(
            ip_address(address) in ip_network(one, strict=False) for one in self.addresses
        )

    def caller(self) -> Caller:
        return Caller("key", self.prefix, (self.prefix,))
