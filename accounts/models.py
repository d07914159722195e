"""People, the keys of programs, and log-ins that can be revoked."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.access import known_roles
from accounts.querysets import ApiKeyQuerySet, TokenSessionQuerySet, UserManager
from fleet.api.limits import Caller
from fleet.db.base import Base


class User(Base, AbstractUser):
    """A person of the company, or the service account behind integrators' keys."""

    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(
        _("language"), max_length=5, default="en", choices=[("en", "English"), ("bs", "Bosanski")]
    )

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("username",)
        constraints = (
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_once",
                violation_error_code="username_taken",
                violation_error_message=_("There is already a user of this name."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_once",
                violation_error_code="email_taken",
                violation_error_message=_("Another user has this e-mail address."),
            ),
        )

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def role_names(self) -> list[str]:
        return sorted(group.name for group in self.groups.all())


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


class TokenSession(Base):
    """One log-in by token: its refresh token rotates, and an old one coming back ends it (RFC 9700 §4.14)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="token_sessions", verbose_name=_("user"))
    refresh_jti = models.CharField(max_length=64, editable=False)
    address = models.GenericIPAddressField(_("address"), null=True, editable=False)
    user_agent = models.CharField(_("program"), max_length=200, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), editable=False)
    expires_at = models.DateTimeField(_("expires at"), editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
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


class WrongLogins(models.Model):
    """Wrong log-ins of one account or one address since the first of them; see accounts/lockout.py."""

    subject = models.CharField(primary_key=True, max_length=80)  # account:<digest of the name> or address:<network>
    failures = models.PositiveSmallIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)  # the purge deletes by age

    def __str__(self) -> str:
        return self.subject


class IdempotentAnswer(models.Model):
    """The stored answer to a POST that carried an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of method, path and body
    status = models.PositiveSmallIntegerField(null=True)  # null while the first request is still running
    body = models.BinaryField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)  # the purge deletes by age

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "key"),
                name="idempotent_answer_once",
                violation_error_message=_("This Idempotency-Key is in use."),
            ),
        )

    def __str__(self) -> str:
        return self.key
