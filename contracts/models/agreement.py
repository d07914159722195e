"""The document that the customer signs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.contract import Contract
from contracts.querysets import AgreementQuerySet
from fleet.db.base import Base


class Agreement(Base):
    """One version of the rental agreement. `snapshot` is all that it says, and final; the PDF is drawn from it."""

    class Occasion(models.TextChoices):
        CHECK_OUT = "check_out", _("check-out")
        EXTEND = "extend", _("extension")
        SWAP = "swap", _("change of car")
        SIGNED = "signed", _("signature")

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="agreements", verbose_name=_("contract"))
    number = models.PositiveSmallIntegerField(_("version"))
    occasion = models.CharField(_("occasion"), max_length=10, choices=Occasion, default=Occasion.CHECK_OUT)
    language = models.CharField(_("language"), max_length=5)
    snapshot = models.JSONField(_("what it says"), default=dict, editable=False)
    sha256 = models.CharField(_("digest of what it says"), max_length=64)
    # Empty until a worker has kept the PDF in the bucket.
    file = models.FileField(_("file"), upload_to="agreements/", blank=True)
    pdf_sha256 = models.CharField(_("digest of the PDF"), max_length=64, blank=True)
    verification_code = models.CharField(_("verification code"), max_length=40, unique=True)
    signed_at = models.DateTimeField(_("signed at"), null=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ("contract", "-number")
        permissions = (("sign_agreement", "Can let customers sign agreements"),)
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "number"),
                name="agreement_number_once",
                violation_error_message=_("This version of the agreement exists."),
            ),
        )
        indexes = (
            # AgreementQuerySet.unstored(): PDFs that are not in the bucket yet
            models.Index(fields=("id",), condition=models.Q(file=""), name="agreement_unstored"),
        )

    def __str__(self) -> str:
        return f"{self.contract} v{self.number}"
