"""People."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.querysets import UserManager
from fleet.db.base import Base


class User(Base, AbstractUser):
    """A person of the company, or the service account behind integrators' keys."""

    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(
        _("language"), max_length=5, default="en", choices=[("en", "English"), ("bs", "Bosanski")]
    )
    columns = models.JSONField(_("columns of lists"), default=dict, blank=True, editable=False)  # list → chosen ones
    last_seen_at = models.DateTimeField(_("last seen at"), null=True, blank=True, editable=False)

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

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Answer from what the credential came with (accounts/access.py), in one call instead of twenty."""
        known: set[str] | None = getattr(self, "_perm_cache", None)
        if known is None or obj is not None or self.is_superuser or not self.is_active:
            return super().has_perm(perm, obj)
        return perm in known

    @property
    def role_names(self) -> list[str]:
        return sorted(group.name for group in self.groups.all())
