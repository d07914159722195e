"""The document that the customer signs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.contract import Contract
from fleet.db.base import Base, BaseQuerySet


class Agreement(Base):
    """One generated version of the rental agreement; immutable once written."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="agreements", verbose_name=_("contract"))
    number = models.PositiveSmallIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=5)
    file = models.FileField(_("file"), upload_to="agreements/")
    sha256 = models.CharField(max_length=64)
    verification_code = models.CharField(_("verification code"), max_length=40, unique=True)
    signed_at = models.DateTimeField(_("signed at"), null=True)

    objects = BaseQuerySet["Agreement"].as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ("contract", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "number"),
                name="agreement_number_once",
                violation_error_message=_("This version of the agreement exists."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.contract} v{self.number}"
