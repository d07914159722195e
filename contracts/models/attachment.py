"""What was photographed and signed when a car changed hands."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.handover import Handover
from files import models as files


class Attachment(files.Attachment):
    """A photo of a hand-over, or the customer's signature under it."""

    class Role(models.TextChoices):
        PHOTO = "photo", _("photo")
        SIGNATURE = "signature", _("signature")

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="attachments", verbose_name=_("hand-over"))
    role = models.CharField(_("what"), max_length=10, choices=Role, default=Role.PHOTO)

    class Meta(files.Attachment.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=("handover",),
                condition=Q(role="signature"),
                name="handover_signed_once",
                violation_error_message=_("The hand-over is signed already."),
            ),
        )
