"""What the counter should know about a customer."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.querysets import FlagQuerySet
from fleet.db.base import Base


class Flag(Base):
    """Something the counter must know: do not rent, debt, fraud, VIP or a note."""

    class Kind(models.TextChoices):
        DO_NOT_RENT = "do_not_rent", _("do not rent")
        DEBT = "debt", _("debt")
        FRAUD = "fraud", _("fraud")
        VIP = "vip", _("VIP")
        NOTE = "note", _("note")

    class Level(models.TextChoices):
        INFO = "info", _("information")
        WARN = "warn", _("warning")
        BLOCK = "block", _("no rental")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="flags", verbose_name=_("customer"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    level = models.CharField(_("level"), max_length=5, choices=Level, default=Level.INFO)
    reason = models.CharField(_("reason"), max_length=300)
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True, editable=False)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("cleared by"),
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ("-created_at", "-id")
        indexes = (
            # what the gate asks of every driver
            models.Index(fields=("customer",), condition=Q(cleared_at__isnull=True), name="flag_open_by_customer"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"
