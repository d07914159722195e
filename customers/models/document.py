"""What a customer proved with."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.querysets import DocumentQuerySet
from fleet.db.base import Base


class Document(Base):
    """A scan of a paper that the customer proved with; private, and purged when no longer needed."""

    class Kind(models.TextChoices):
        LICENCE_FRONT = "licence_front", _("licence, front")
        LICENCE_BACK = "licence_back", _("licence, back")
        PASSPORT = "passport", _("passport")
        ID_CARD = "id_card", _("identity card")
        OTHER = "other", _("other")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="documents", verbose_name=_("customer"))
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    expires_on = models.DateField(_("valid to"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("verified by"),
    )
    purge_after = models.DateField(_("purge after"), null=True, blank=True, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.get_kind_display()
